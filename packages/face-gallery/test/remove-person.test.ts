import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { test } from 'tap'
import { enrol, readGallery, removePerson, updateGallery } from '../src/index.js'
import { facesOf, galleryOf, templatesOf } from './faces.js'
import { scratch } from './scratch.js'

test('nothing of a person stays in the file, nor in what lies beside it', async t => {
  const size = 64
  const faces = facesOf(5, 3, { size }).map((face, i) => ({
    ...face,
    id: `${face.person.replaceAll(' ', '')}/${i}.jpg`,
  }))
  const gallery = galleryOf(faces)
  const path = scratch('people.gallery')
  await updateGallery(path, () => gallery)
  const before = readFileSync(path)
  // What a process left that died while it wrote.
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(`${path}.${pid}.partial`, before)

  await updateGallery(path, gallery => removePerson(gallery!, 'person 2'))
  const templates = Buffer.from(Float32Array.from(templatesOf(gallery)).buffer)
  const theirs = [2, 7, 12].map(face => templates.subarray(face * size * 4, (face + 1) * size * 4))
  const traces = [
    Buffer.from('person 2'),
    ...faces.filter(({ person }) => person === 'person 2').map(({ id }) => Buffer.from(id)),
    ...theirs.flatMap(row => Array.from({ length: row.length - 15 }, (_, at) => row.subarray(at, at + 16))),
  ]
  t.equal(traces.length, 1 + 3 + 3 * (size * 4 - 15))
  t.ok(
    traces.every(trace => before.includes(trace)),
    'they were there',
  )
  const names = readdirSync(dirname(path))
  t.same(names, ['people.gallery'])
  const after = names.map(name => readFileSync(join(dirname(path), name)))
  t.same(
    traces.filter(trace => after.some(bytes => bytes.includes(trace))),
    [],
    'they are there no more',
  )

  const left = readGallery(path)
  t.same(left.names, ['person 0', 'person 1', 'person 3', 'person 4'])
  t.same(
    left.ids,
    gallery.ids.filter(id => !id.startsWith('person2')),
  )
  t.same(
    [...left.people].map(person => left.names[person]),
    [0, 1, 3, 4, 0, 1, 3, 4, 0, 1, 3, 4].map(i => `person ${i}`),
  )
  const rest = templatesOf(gallery).filter((_, i) => ![2, 7, 12].includes(Math.floor(i / size)))
  t.same(templatesOf(left), rest)
})

test('slabs that lose nobody are shared, others hold no room for who went', async t => {
  const gallery = galleryOf(facesOf(3, 1))
  const slabs = [0, 16, 32].map(at => gallery.slabs[0]!.slice(at, at + 16))
  const cut = { ...gallery, slabs }
  t.same(removePerson(cut, 'person 1').slabs, [slabs[0], slabs[2]])
  t.equal(removePerson(cut, 'person 1').slabs[1], slabs[2])
  const [slab] = removePerson(gallery, 'person 1').slabs
  t.equal(slab!.buffer.byteLength, 2 * 16 * 4)
})

test('names that look the same are the same; who is not there is an error', async t => {
  const gallery = galleryOf(facesOf(2, 1).map((face, i) => ({ ...face, person: ['J\u00fcrgen', 'Ada'][i]! })))
  t.same(removePerson(gallery, 'Ju\u0308rgen').names, ['Ada'])
  t.throws(() => removePerson(gallery, 'Zoe'), { message: 'nobody named "Zoe" is among its 2 people' })
  t.throws(() => removePerson(gallery, ''), { message: "expected a person's name, found none" })
  const nobody = removePerson(removePerson(gallery, 'Ada'), 'J\u00fcrgen')
  t.match(nobody, { length: 0, names: [], slabs: [] })
  t.equal(enrol(nobody, facesOf(1, 1)).length, 1, 'an empty gallery is one to enrol in')
})
