import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { shuffleRecords } from '@tiny-face/global-shuffle'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import {
  decodeExample,
  dumpRecord,
  exampleBytes,
  exampleFields,
  readManifest,
  readTFRecord,
  writeShards,
} from '../../src/index.js'
import { fakeImage, recordsOf, sha256 } from '../fixtures.js'

const data = sharedData()

function* faces(count: number): Generator<DataMap> {
  for (let id = 0; id < count; id++) yield { id, label: id, image: fakeImage(id, 20 + (id % 50)) }
}

function* dump(path: string): Generator<DataMap> {
  let id = 0
  for (const record of readTFRecord(path)) yield dumpRecord(record.data, id++, true)!
}

function labelsIn(path: string): number[] {
  return Array.from(readTFRecord(path), record => exampleFields(decodeExample(record.data)).label as number)
}

t.test('files of TensorFlow are copied byte for byte', { skip: !data }, t => {
  for (const name of ['faces.tfrecord', 'odd.tfrecord']) {
    const path = join(data!, 'tfrecord', name)
    const folder = join(t.testdir(), 'copy')
    const manifest = writeShards(dump(path), { folder })
    const shard = readFileSync(join(folder, 'train-00000-of-00001.tfrecord'))
    t.ok(shard.equals(readFileSync(path)), name)
    t.match(manifest.shards, [{ bytes: shard.length, sha256: sha256(shard) }])
    t.equal(manifest.count, recordsOf(data!, name).length)
  }
  t.end()
})

t.test('record i goes to shard i modulo n; the manifest says the rest', t => {
  const folder = t.testdir()
  const begin = { count: 10, names: ['Ann', 'Bob'], source: 'faces.rec' }
  const manifest = writeShards(faces(10), { folder, shards: 4, begin })
  t.strictSame(readManifest(folder), JSON.parse(JSON.stringify(manifest)))
  t.match(manifest, {
    version: 1,
    format: 'tfrecord',
    count: 10,
    images: 10,
    classes: 10,
    names: ['Ann', 'Bob'],
    source: 'faces.rec',
  })
  t.equal(manifest.seed, undefined)
  t.same(
    manifest.shards.map(shard => labelsIn(join(folder, shard.name))),
    [
      [0, 4, 8],
      [1, 5, 9],
      [2, 6],
      [3, 7],
    ],
  )
  t.same(manifest.shards[3]!.name, 'train-00003-of-00004.tfrecord')
  for (const { name, bytes, sha256: hash } of manifest.shards) {
    t.same([bytes, hash], [readFileSync(join(folder, name)).length, sha256(readFileSync(join(folder, name)))])
  }
  t.end()
})

t.test('a shuffle is that of record-shuffle, whatever the memory', t => {
  const expected = [...shuffleRecords(faces(500), { seed: 5 })].map(record => record.label)
  for (const memory of [1 << 30, 20_000]) {
    const folder = t.testdir()
    const manifest = writeShards(faces(500), { folder, seed: 5, memory })
    t.equal(manifest.seed, 5)
    t.same(labelsIn(join(folder, manifest.shards[0]!.name)), expected, `${memory} bytes`)
    t.same(readdirSync(folder).sort(), ['manifest.json', 'train-00000-of-00001.tfrecord'])
  }
  t.end()
})

t.test('shuffled, a shard holds a slice of the order', t => {
  const expected = [...shuffleRecords(faces(103), { seed: 5 })].map(record => record.label)
  for (const memory of [1 << 30, 2000]) {
    const folder = t.testdir()
    const { shards } = writeShards(faces(103), { folder, shards: 10, seed: 5, memory })
    t.same(
      shards.map(({ count }) => count),
      [10, 10, 10, 11, 10, 10, 11, 10, 10, 11],
      'floor(103 (s + 1) / 10) - floor(103 s / 10)',
    )
    t.same(
      shards.flatMap(({ name }) => labelsIn(join(folder, name))),
      expected,
    )
  }
  const folder = t.testdir()
  const few = writeShards(faces(2), { folder, shards: 5, seed: 5 })
  t.same(
    few.shards.map(({ count }) => count),
    [0, 0, 1, 0, 1],
    'more shards than records',
  )
  t.end()
})

t.test('a stream that breaks off leaves nothing, and the old set as it was', t => {
  const folder = t.testdir()
  function* broken(): Generator<DataMap> {
    yield* faces(5)
    throw new DataError({ message: 'stopped after 5 records' })
  }
  t.throws(() => writeShards(broken(), { folder, shards: 2 }), { message: 'stopped after 5 records' })
  t.same(readdirSync(folder), [])
  writeShards(faces(3), { folder })
  const before = readFileSync(join(folder, 'train-00000-of-00001.tfrecord'))
  t.throws(() => writeShards(broken(), { folder, force: true }), { message: 'stopped after 5 records' })
  t.same(readdirSync(folder).sort(), ['manifest.json', 'train-00000-of-00001.tfrecord'])
  t.ok(readFileSync(join(folder, 'train-00000-of-00001.tfrecord')).equals(before))
  t.end()
})

t.test('a set is replaced only by force, and then whole', t => {
  const folder = t.testdir()
  writeShards(faces(9), { folder, shards: 3 })
  t.throws(() => writeShards(faces(2), { folder, shards: 2 }), {
    name: 'DataError',
    message: /holds a manifest\.json already; --force/,
  })
  t.equal(readManifest(folder)!.count, 9)
  writeShards(faces(2), { folder, shards: 2, force: true })
  t.same(readdirSync(folder).sort(), [
    'manifest.json',
    'train-00000-of-00002.tfrecord',
    'train-00001-of-00002.tfrecord',
  ])
  t.end()
})

t.test("a shard of someone else's is not overwritten", t => {
  const folder = t.testdir({ 'train-00000-of-00001.tfrecord': 'theirs' })
  t.throws(() => writeShards(faces(2), { folder }), { name: 'DataError', message: /--force/ })
  t.equal(readFileSync(join(folder, 'train-00000-of-00001.tfrecord'), 'utf8'), 'theirs')
  t.end()
})

t.test('force deletes nothing through a manifest that names files elsewhere', t => {
  const dir = t.testdir({ precious: '', shards: {} })
  const folder = join(dir, 'shards')
  const shards = [{ name: '../precious', count: 0, bytes: 0, sha256: '' }]
  writeFileSync(
    join(folder, 'manifest.json'),
    JSON.stringify({ version: 1, format: 'tfrecord', count: 0, images: 0, shards }),
  )
  writeShards(faces(1), { folder, force: true })
  t.ok(existsSync(join(dir, 'precious')))
  t.end()
})

t.test('an input of nothing is an error, and leaves nothing', t => {
  for (const seed of [undefined, 1]) {
    const folder = t.testdir()
    t.throws(() => writeShards([], { folder, seed, begin: { source: 'in.rec' } }), {
      name: 'DataError',
      message: 'in.rec: expected at least one record, found none',
    })
    t.same(readdirSync(folder), [])
  }
  t.end()
})

t.test('an image that is none is named for what it is', t => {
  const cases: [Uint8Array, string][] = [
    [Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0', 'latin1'), 'an image (BMP)'],
    [Buffer.from('<!DOCTYPE html><html>'), 'an HTML page'],
    [Buffer.alloc(48, 0x80), 'bytes of no known format'],
  ]
  for (const [image, found] of cases) {
    const records = [...faces(2), { id: 7, label: 1, image }]
    t.throws(() => writeShards(records, { folder: t.testdir(), begin: { source: 'in.rec' } }), {
      message: `in.rec: record 2 (id 7): expected a JPEG or PNG as image, found ${found}`,
    })
  }
  const example = Buffer.from(exampleBytes({ image: Buffer.alloc(48, 0x80), label: 1 }))
  t.equal(writeShards([{ example }], { folder: t.testdir() }).count, 1, 'an Example is copied, whatever is in it')
  t.end()
})

t.test('a record that can be no Example is named', t => {
  function* bad(): Generator<DataMap> {
    yield* faces(1)
    yield { id: 'x', label: 1 }
  }
  t.throws(() => writeShards(bad(), { folder: t.testdir(), begin: { source: 'in.rec' } }), {
    message: 'in.rec: record 1 (id x): expected an image, an example or a payload, found id, label',
  })
  t.end()
})
