import { rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import t from 'tap'
import { findShards, readManifest, verifyShards, writeShards } from '../../src/index.js'
import { fakeImage } from '../fixtures.js'

const names = (paths: string[]) => findShards(paths).files.map(({ path }) => basename(path))
const faces = [0, 1, 2].map(label => ({ label, image: fakeImage(label) }))

t.test('a folder with a manifest: its shards, in its order', t => {
  const folder = t.testdir()
  writeShards(faces, { folder, shards: 2 })
  writeFileSync(join(folder, 'a.tfrecord'), '')
  t.same(names([folder]), ['train-00000-of-00002.tfrecord', 'train-00001-of-00002.tfrecord'])
  t.equal(findShards([folder]).manifest!.count, 3)
  t.equal(findShards([folder, folder]).manifest, undefined, 'two folders have no manifest in common')
  t.end()
})

t.test('a folder without one: *.tfrecord and *.tfrecord.gz, sorted', t => {
  const folder = t.testdir({ 'b.tfrecord': '', 'a.tfrecord.gz': '', 'notes.txt': '', 'c.tfrecord.9.partial': '' })
  t.same(names([folder]), ['a.tfrecord.gz', 'b.tfrecord'])
  t.same(names([join(folder, 'notes.txt')]), ['notes.txt'], 'a file that is named is taken')
  t.throws(() => findShards([t.testdir({})]), {
    name: 'DataError',
    expected: 'a manifest.json or files *.tfrecord',
    found: 'neither',
  })
  const insightface = t.testdir({ 'train.rec': '', 'train.idx': '' })
  t.throws(() => findShards([insightface]), {
    name: 'DataError',
    found: `train.rec, which is RecordIO; recordio-dump ${join(insightface, 'train.rec')} | tfrecord-write --out shards makes shards of it`,
  })
  t.end()
})

t.test('names that other tools give', t => {
  const files = [
    'a.tfrec',
    'b.tfrecords',
    'c.tfrecords.gz',
    'd.tfrecord.zlib',
    'train-00000-of-00002',
    'train-00001-of-00002',
  ]
  const folder = t.testdir(
    Object.fromEntries([...files, 'train-00001', 'x.tfrecord.idx', 'y.gz'].map(name => [name, ''])),
  )
  t.same(names([folder]), files)
  t.same(names([join(folder, 'train-*-of-*')]), files.slice(4), 'a glob')
  t.same(names([join(folder, 'y.gz'), join(folder, '*.tfrec')]), ['y.gz', 'a.tfrec'])
  t.throws(() => findShards([join(folder, '*.rec')]), { name: 'DataError', expected: 'files that match' })
  rmSync(join(folder, 'train-00000-of-00002'))
  t.throws(() => findShards([folder]), {
    name: 'DataError',
    file: join(folder, 'train-*-of-00002'),
    expected: '2 shards',
    found: '1',
  })
  t.end()
})

t.test('parts that nobody has merged are no shards', t => {
  const found = 'parts of one, which tfrecord-merge puts together'
  const folder = t.testdir({ 'part-00000-of-00002': {}, 'scatter-00000-of-00004': {} })
  t.throws(() => findShards([folder]), { name: 'DataError', file: folder, expected: 'a set of shards', found })
  t.match([...verifyShards(folder)], [{ name: 'DataError', file: folder, found }])
  t.end()
})

t.test('numbered shards of which some are missing are no whole set', t => {
  const folder = t.testdir({ 'x-00000-of-00002.tfrecord': '', 'y-00000-of-00001.tfrecord': '' })
  t.throws(() => findShards([folder]), {
    name: 'DataError',
    file: join(folder, 'x-*-of-00002.tfrecord'),
    expected: '2 shards',
    found: '1',
  })
  t.end()
})

t.test('a manifest that does not fit its shards is an error', t => {
  const folder = t.testdir()
  const { shards } = writeShards(faces, { folder, shards: 2 })
  const first = join(folder, shards[0]!.name)
  writeFileSync(first, 'short')
  t.throws(() => readManifest(folder), {
    name: 'DataError',
    file: first,
    expected: `${shards[0]!.bytes} bytes, as the manifest says`,
    found: '5',
  })
  rmSync(first)
  t.throws(() => readManifest(folder), { name: 'DataError', file: first, found: 'no such file' })
  t.end()
})

t.test('a hostile or foreign manifest is an error', t => {
  const refused = (manifest: string, expected: RegExp) => {
    t.throws(() => readManifest(t.testdir({ 'manifest.json': manifest })), { name: 'DataError', expected }, manifest)
  }
  const whole = { version: 1, format: 'tfrecord', count: 0, images: 0, shards: [] as unknown[] }
  const changed = (fields: object) => JSON.stringify({ ...whole, ...fields })
  refused('{', /JSON/)
  refused('null', /format/)
  refused('{"name": "an app"}', /format/)
  refused(changed({ version: 2 }), /version 1/)
  refused(changed({ count: -1 }), /count/)
  refused(changed({ images: '3' }), /images/)
  refused(changed({ classes: 1.5 }), /classes/)
  refused(changed({ names: [1] }), /names/)
  refused(changed({ shards: {} }), /shards/)
  for (const name of ['../x', '/etc/passwd', '..', '', 7, undefined]) {
    refused(changed({ shards: [{ name, count: 0, bytes: 0 }] }), /file name/)
  }
  refused(changed({ shards: [null] }), /file name/)
  refused(changed({ shards: [{ name: 'x', count: 0 }] }), /count and bytes/)
  t.same(readManifest(t.testdir({ 'manifest.json': changed({}) })), whole)
  t.equal(readManifest(t.testdir({})), undefined)
  t.end()
})
