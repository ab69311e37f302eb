import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { readWebDataset, writeWebDataset } from '../src/index.js'
import { faces, fakeImage, tarOf } from './fixtures.js'

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const image = fakeImage(0)
const read = (...paths: string[]) => [...readWebDataset(paths)]

t.test('folders, globs and files, packed or not, in the order of their names', t => {
  const dir = t.testdir({ a: { sub: {} } })
  const one = (key: string) => tarOf({ [`${key}.jpg`]: image })
  writeFileSync(join(dir, 'a/2.tar.gz'), gzipSync(one('2')))
  writeFileSync(join(dir, 'a/1.tar'), one('1'))
  writeFileSync(
    join(dir, 'a/3.tgz'),
    Buffer.concat([gzipSync(one('3').subarray(0, 700)), gzipSync(one('3').subarray(700))]),
  )
  writeFileSync(join(dir, 'a/other.txt'), '')
  writeFileSync(join(dir, 'b-0.tar'), one('4'))
  const ids = (...paths: string[]) => read(...paths.map(path => join(dir, path))).map(({ id }) => id)
  t.same(ids('a'), [1, 2, 3])
  t.same(ids('*.tar', 'a'), [4, 1, 2, 3])
  t.same(ids('a/2.tar.gz'), [2], 'told by its bytes')
  t.throws(() => ids('a/sub'), { name: 'DataError', message: /expected files \*\.tar/ })
  t.throws(() => ids('*.rec'), { name: 'DataError', expected: 'files that match' })
  t.equal(readWebDataset([join(dir, 'a'), join(dir, 'b-0.tar')]).begin.source, `${join(dir, 'a')} and 1 more`)
  t.end()
})

t.test('samples without an image are left out and counted; so are labels that are none', t => {
  const path = join(t.testdir(), 'x.tar')
  writeFileSync(
    path,
    tarOf({ 'a.txt': '', 'a.webp': '', 'b.jpg': image, 'b.cls': 'Ann', 'c.png': png, 'c.cls': '3', 'd.jpg': 'GIF89a' }),
  )
  const records = readWebDataset([path])
  t.same(
    [...records],
    [
      { id: 'b', image },
      { id: 'c', label: 3, image: png },
    ],
  )
  t.match(records, { leftOut: 2, leftOutExtensions: ['txt', 'webp'], unlabelled: 1 })
  t.end()
})

t.test('a dataset of nothing is an error that says what there is', t => {
  const path = join(t.testdir(), 'x.tar')
  const expected = 'at least one sample with an image: .jpg, .jpeg or .png'
  writeFileSync(path, tarOf({ 'a.txt': '', 'a.webp': '', 'b.webp': '' }))
  t.throws(() => read(path), { message: `${path}: expected ${expected}, found 2 without; the first has .txt, .webp` })
  for (const archive of [tarOf({}), tarOf({ README: '' })]) {
    writeFileSync(path, archive)
    t.throws(() => read(path), { message: `${path}: expected ${expected}, found no samples` })
  }
  t.end()
})

t.test('messages name the file, packed ones the place in what they unpack to', t => {
  const path = join(t.testdir(), 'x.tar.gz')
  const archive = tarOf({ 'Ann/1.jpg': image, 'Ann/1.json': '{' })
  writeFileSync(path, gzipSync(archive))
  t.throws(() => read(path), {
    message: new RegExp(`^${path} \\(unpacked\\): byte 0: id Ann/1: \\.json, expected JSON, found `),
  })
  writeFileSync(path, gzipSync(archive).subarray(0, 60))
  t.throws(() => read(path), { name: 'DataError', file: path, expected: 'a whole GZIP file' })
  t.end()
})

t.test('more or fewer samples than the manifest says', t => {
  const folder = t.testdir()
  const { shards } = writeWebDataset(faces(4), { folder, shards: 2 })
  const path = join(folder, shards[0]!.name)
  writeFileSync(
    path,
    tarOf({ 'a.jpg': image, 'b.jpg': image, 'c.x': Buffer.alloc(512), 'd.x': '' }).subarray(0, shards[0]!.bytes),
  )
  t.throws(() => read(folder), { name: 'DataError' })
  t.throws(() => readWebDataset([t.testdir({ 'manifest.json': '{"version": 1, "format": "tfrecord"}' })]), {
    message: /expected a manifest of format "webdataset", found "tfrecord"/,
  })
  t.end()
})
