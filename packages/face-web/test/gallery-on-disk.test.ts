import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  emptyGallery,
  enrol,
  type GalleryKind,
  removePerson,
  updateGallery,
  writeGallery,
} from '@tiny-face/face-gallery'
import t from 'tap'
import { GalleryOnDisk } from '../src/gallery-on-disk.js'

const MODEL = { name: 'a.onnx', sha256: 'ab'.repeat(32), preprocess: 'rgb mean=127.5 std=128' }
const KIND: GalleryKind = { size: 2, flip: false, model: MODEL }
const face = (person: string) => ({ person, id: person, embedding: Float32Array.of(1, 2) })
const galleryOf = (kind: GalleryKind) => enrol(emptyGallery(kind), [face('Ada'), face('Bob')])

t.test('what others do to the file is seen at once', async t => {
  const path = join(t.testdir({}), 'people.gallery')
  writeGallery(path, galleryOf(KIND))
  const gallery = new GalleryOnDisk(path, KIND)
  t.equal(gallery.kind.flip, false, 'as the file has it')
  t.equal(gallery.now(), gallery.now(), 'read once')
  await updateGallery(path, before => removePerson(before!, 'Ada'))
  t.same(gallery.now().names, ['Bob'], 'who was removed is known no more')
  await gallery.update(before => enrol(before, [face('Eve')]))
  t.same(gallery.now().names, ['Bob', 'Eve'])
  rmSync(path)
  t.same(gallery.now().names, [], 'nor is anybody of a file that is gone')
  await gallery.update(before => enrol(before, [face('Eve')]))
  t.same(gallery.now().names, ['Eve'])
})

t.test('a file of another network, without mirror images or no gallery in its place', async t => {
  const path = join(t.testdir({}), 'people.gallery')
  const gallery = new GalleryOnDisk(path, KIND)
  t.same(gallery.now().names, [])
  t.equal(gallery.kind.flip, true, 'unless a file has it otherwise')
  const enrolEve = () => gallery.update(before => enrol(before, [{ ...face('Eve'), flipped: Float32Array.of(1, 1) }]))
  const other = { ...MODEL, sha256: 'cd'.repeat(32) }
  for (const [wrong, message] of [
    [{ ...KIND, model: other }, `${path}: expected embeddings of a.onnx (cdcdcdcdcdcd`],
    [KIND, `${path}: expected embeddings with those of mirror images, found embeddings without`],
  ] as const) {
    writeGallery(path, galleryOf(wrong))
    t.throws(() => gallery.now(), { message })
    await t.rejects(enrolEve(), { message })
  }
  t.throws(() => new GalleryOnDisk(path, { size: 2, model: other }), { message: `${path}: expected embeddings` })
  writeFileSync(path, 'no gallery, but long enough to be one')
  t.throws(() => gallery.now(), { message: 'another kind of file' })
  await t.rejects(enrolEve(), { message: 'another kind of file' })
})

t.test('a folder that is not there is told of before anybody is enrolled', async t => {
  const path = join(t.testdir({}), 'nowhere')
  t.throws(() => new GalleryOnDisk(join(path, 'people.gallery'), KIND), { code: 'ENOENT', path })
})
