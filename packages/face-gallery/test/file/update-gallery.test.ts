import { spawnSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { DataError, ownMark } from '@tiny-face/safe-files'
import { test } from 'tap'
import { enrol, type Gallery, readGallery, removePerson, updateGallery, writeIndex } from '../../src/index.js'
import { facesOf, galleryOf } from '../faces.js'
import { scratch } from '../scratch.js'

const gallery = galleryOf(facesOf(2, 2))
const more = (gallery: Gallery | undefined) => enrol(gallery!, [{ ...facesOf(3, 1)[2]!, person: 'new' }])

test('a gallery is made, changed, and left alone', async t => {
  const path = scratch('people.gallery')
  t.equal(
    await updateGallery(path, before => {
      t.equal(before, undefined)
      t.same(readdirSync(dirname(path)), ['people.gallery.lock'], 'locked, and nothing under its name yet')
      return gallery
    }),
    gallery,
  )
  await updateGallery(path, more)
  t.same(readGallery(path).names, ['person 0', 'person 1', 'new'])
  const before = readFileSync(path)
  await updateGallery(path, same => same!)
  await t.rejects(
    updateGallery(path, () => {
      throw new DataError({ message: 'no' })
    }),
    { message: 'no' },
  )
  t.same(readFileSync(path), before)
  t.same(readdirSync(dirname(path)), ['people.gallery'])
})

test('two that change it at once: the second is refused, also by another name of the file', async t => {
  const path = scratch('people.gallery')
  await updateGallery(path, () => gallery)
  const linked = scratch('linked')
  symlinkSync(dirname(path), linked)
  await updateGallery(path, async before => {
    for (const name of [path, join(linked, 'people.gallery')])
      await t.rejects(updateGallery(name, more), {
        message: `${name}: is being written by process ${process.pid} of ${hostname()}; if it is not, remove ${path}.lock`,
      })
    return removePerson(before!, 'person 0')
  })
  t.same(readGallery(path).names, ['person 1'])
})

test('a link to a gallery is followed: nothing of who is removed stays in the file, nor an index of them', async t => {
  const path = scratch('people.gallery')
  const link = scratch('link.gallery')
  await updateGallery(path, () => gallery)
  symlinkSync(path, link)
  await writeIndex(link, gallery)
  t.same(readdirSync(dirname(path)), ['people.gallery', 'people.gallery.index'])
  await updateGallery(link, async before => {
    await t.rejects(updateGallery(path, more), { message: 'is being written by' })
    return removePerson(before!, 'person 0')
  })
  t.same(readGallery(path).names, ['person 1'])
  t.same(readdirSync(dirname(path)), ['people.gallery'])
  t.ok(lstatSync(link).isSymbolicLink())
})

test('what a dead process left is taken over, what another machine has is not', async t => {
  const path = scratch('people.gallery')
  await updateGallery(path, () => gallery)
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(`${path}.lock`, JSON.stringify({ host: hostname(), pid }))
  await updateGallery(path, more)
  t.same(readGallery(path).names, ['person 0', 'person 1', 'new'])
  t.same(readdirSync(dirname(path)), ['people.gallery'])
  // The number is given to another process now.
  writeFileSync(`${path}.lock`, JSON.stringify({ host: hostname(), pid: process.ppid, started: '1' }))
  await updateGallery(path, before => removePerson(before!, 'new'))
  for (const [mark, who] of [
    [{ host: 'elsewhere', pid: 1 }, 'process 1 of elsewhere'],
    [{ ...ownMark(), pid: process.ppid, started: undefined }, `process ${process.ppid} of ${hostname()}`],
    ['half a ma', 'another program'],
  ] as const) {
    const text = typeof mark === 'string' ? mark : JSON.stringify(mark)
    writeFileSync(`${path}.lock`, text)
    await t.rejects(updateGallery(path, more), { message: `${path}: is being written by ${who}; if it is not, remove` })
    t.equal(readFileSync(`${path}.lock`, 'utf8'), text)
    rmSync(`${path}.lock`)
  }
  t.same(readGallery(path).names, ['person 0', 'person 1'])
})

test('who lost the lock writes nothing', async t => {
  const path = scratch('people.gallery')
  await updateGallery(path, () => gallery)
  const other = JSON.stringify({ host: 'elsewhere', pid: 1 })
  await t.rejects(
    updateGallery(path, before => {
      writeFileSync(`${path}.lock`, other)
      return more(before)
    }),
    { message: `${path}: another program took the lock of it; nothing was written` },
  )
  t.equal(readFileSync(`${path}.lock`, 'utf8'), other, "and leaves the other's")
  t.same(readGallery(path), gallery)
})

test('a folder that is not there', async t => {
  const path = join(scratch('missing'), 'people.gallery')
  await t.rejects(
    updateGallery(path, () => gallery),
    { code: 'ENOENT' },
  )
  t.notOk(existsSync(path))
})
