import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import {
  closestInGallery,
  enrol,
  indexPath,
  indexRecall,
  openIndex,
  readGallery,
  removePerson,
  search,
  updateGallery,
  writeGallery,
  writeIndex,
} from '../../src/index.js'
import { directions, facesOf, galleryOf } from '../faces.js'
import { scratch } from '../scratch.js'

const installed = await import('usearch').then(
  () => true,
  () => false,
)
const skip = installed ? false : 'usearch is not installed'

const gallery = galleryOf(facesOf(200, 4, { size: 32 }))
const path = scratch('people.gallery')
writeGallery(path, gallery)

test('what the index finds is what an exact search finds, to the last digit', { skip }, async t => {
  const told: number[] = []
  await writeIndex(path, gallery, count => told.push(count))
  t.same(told, [800])
  t.same(readdirSync(dirname(path)).sort(), ['people.gallery', 'people.gallery.index'])
  const index = (await openIndex(path))!
  t.same(index.gallery, { ...gallery, slabs: [] }, 'templates stay in the file')
  const queries = facesOf(200, 4, { size: 32 }).slice(0, 300)
  for (const faces of [queries, queries.slice(0, 1), []]) {
    const options = { threshold: 0.5, top: 3 }
    const exact = await search(gallery, faces, options)
    const found = await search(index.gallery, faces, { ...options, closest: index.closest })
    const same = found.filter(({ matches }, i) => JSON.stringify(matches) === JSON.stringify(exact[i]!.matches))
    t.ok(same.length >= 0.95 * faces.length, `${same.length} of ${faces.length}`)
    t.same(
      found.map(({ person }) => person),
      exact.map(({ person }) => person),
    )
  }
  const recall = await indexRecall(gallery, index.closest, { count: 100 })
  t.match(recall, { faces: 100 })
  t.ok(recall.first > 0.95 && recall.ten > 0.95, `recall ${recall.first}, ${recall.ten}`)
  const blind = await indexRecall(gallery, async queries => queries.map(() => []), { count: 100 })
  t.same(blind, { faces: 100, first: 0, ten: 0 }, 'what finds nothing has no recall')
  const own = await indexRecall(gallery, queries => closestInGallery(gallery, queries, 1), { count: 100 })
  t.same(own, { faces: 100, first: 0, ten: 0 }, 'nor has what finds only the person whose face it is')
  const perfect = await indexRecall(gallery, (...args) => closestInGallery(gallery, ...args), { count: 100 })
  t.same(perfect, { faces: 100, first: 1, ten: 1 })
  index.close()
})

test('of people who are equally alike, the one enrolled first comes first', { skip }, async t => {
  const [query, other] = directions(2, 32, 5) as [Float32Array, Float32Array]
  const faces = Array.from({ length: 40 }, (_, i) => ({
    person: `${i}`,
    id: `${i}`,
    embedding: i < 20 ? query : other,
  }))
  const file = scratch('ties.gallery')
  writeGallery(file, galleryOf(faces.toReversed()))
  await writeIndex(file, readGallery(file))
  const index = (await openIndex(file))!
  const [found] = await search(index.gallery, [{ embedding: query }], {
    threshold: 0.5,
    top: 4,
    closest: index.closest,
  })
  t.same(
    found!.matches.map(({ id }) => id),
    ['19', '18', '17', '16'],
  )
  index.close()
})

test('an index that is not of the gallery, or damaged, is refused before native code sees it', { skip }, async t => {
  t.equal(await openIndex(scratch('without.gallery')), undefined)
  const file = scratch('people.gallery')
  writeGallery(file, gallery)
  await writeIndex(file, gallery)
  const faces = join(indexPath(file), 'faces.usearch')
  const bytes = readFileSync(faces)
  for (const damaged of [
    bytes.subarray(0, 100),
    bytes.with(bytes.length >> 1, bytes[bytes.length >> 1]! ^ 1),
    Buffer.alloc(0),
  ]) {
    writeFileSync(faces, damaged)
    await t.rejects(openIndex(file), {
      message: `${faces}: expected the file that the index was written with, found a damaged one`,
    })
  }
  writeFileSync(faces, bytes)
  for (const changed of [{ ...gallery, ids: gallery.ids.toReversed() }, removePerson(gallery, 'person 3')]) {
    writeGallery(file, changed)
    await t.rejects(openIndex(file), {
      message: `${indexPath(file)}: expected the index of ${file} as it is, found one of another gallery`,
    })
  }
  writeGallery(file, gallery)
  const whole = readFileSync(file)
  const torn = Buffer.from(whole)
  torn.write('foto', torn.indexOf('photo 7'))
  writeFileSync(file, torn)
  await t.rejects(openIndex(file), { message: /found one of another gallery/ }, 'damage where only columns are read')
  writeFileSync(file, whole)
  const wrong = Buffer.from(whole)
  wrong.writeFloatLE(3, wrong.length - 32 - 4)
  writeFileSync(file, wrong)
  const index = (await openIndex(file))!
  await t.rejects(
    search(index.gallery, facesOf(200, 4, { size: 32 }).slice(-1), { threshold: 0, closest: index.closest }),
    {
      message: /expected templates of length 1, found another/,
    },
  )
  index.close()
  writeFileSync(file, whole)
  const about = join(indexPath(file), 'index.json')
  writeFileSync(about, readFileSync(about, 'utf8').replace('"size":32', '"size":0'))
  await t.rejects(openIndex(file), { message: `${about}: size, expected a whole number of at least 1, found 0` })
})

test('the index goes when the gallery changes, and what is left of one that was broken off', { skip }, async t => {
  const file = scratch('people.gallery')
  for (const change of [
    (before = gallery) => removePerson(before, 'person 7'),
    (before = gallery) => enrol(before, [{ ...facesOf(1, 1, { size: 32 })[0]!, person: 'new' }]),
  ]) {
    writeGallery(file, gallery)
    await writeIndex(file, gallery)
    const { pid } = spawnSync(process.execPath, ['-e', ''])
    mkdirSync(`${indexPath(file)}.${pid}.partial`)
    await updateGallery(file, same => same!)
    t.ok(existsSync(indexPath(file)), 'stays where nothing changes')
    await updateGallery(file, change)
    t.same(readdirSync(dirname(file)), ['people.gallery'])
  }
})
