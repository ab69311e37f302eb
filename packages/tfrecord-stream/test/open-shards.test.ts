import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { sharedData } from '../../../test/shared-data.js'
import { decodeExample, encodeExample, openShards, readTFRecord, writeShards } from '../src/index.js'
import { faceExample, fakeImage, sha256, tfrecordOf } from './fixtures.js'

const data = sharedData()

t.test('faces of TensorFlow, at random', { skip: !data }, t => {
  const path = join(data!, 'tfrecord/faces.tfrecord')
  const expected = Array.from(readTFRecord(path), ({ data: bytes }) => {
    const example = decodeExample(bytes)
    const image = example.get('image_raw') as { values: Uint8Array[] }
    const label = example.get('label') as { values: BigInt64Array }
    return { label: Number(label.values[0]), sha256: sha256(image.values[0]!) }
  })
  const reader = openShards(path)
  t.equal(reader.count, expected.length)
  for (let index = reader.count - 1; index >= 0; index--) {
    const { image, label } = reader.read(index)
    t.same({ label, sha256: sha256(image) }, expected[index])
    t.equal(reader.label(index), label)
  }
  t.throws(() => reader.read(reader.count), RangeError)
  t.throws(() => reader.read(-1), RangeError)
  reader.close()
  t.end()
})

t.test('a folder: shard after shard, other records passed over, classes and names of the manifest', t => {
  const folder = t.testdir()
  const records = [0, 1, 2, 3].map(label => ({ label, image: fakeImage(label) }))
  const begin = { classes: 6, names: ['a', 'b', 'c', 'd', 'e', 'f'] }
  const others = [{ payload: Buffer.from([0]) }, { example: Buffer.alloc(0) }]
  writeShards([...others, ...records], { folder, shards: 2, begin })
  const reader = openShards(folder)
  t.match(reader, { count: 4, classes: 6, names: begin.names })
  t.same(
    [0, 1, 2, 3].map(index => reader.read(index)),
    [0, 2, 1, 3].map(label => ({ label, image: fakeImage(label) })),
  )
  const first = reader.read(0).image
  reader.read(1)
  t.same(first, fakeImage(0), 'images own their bytes')
  reader.close()
  t.end()
})

t.test('what cannot be trained on is an error that says where', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const open = (bytes: Uint8Array) => {
    writeFileSync(path, bytes)
    return openShards(path)
  }
  const unlabelled = encodeExample(new Map([['image_raw', { kind: 'bytes', values: [fakeImage(1)] }]]))
  const place = { name: 'DataError', file: path, record: 1 }
  t.throws(() => open(tfrecordOf([faceExample(fakeImage(0), 0), unlabelled])), { ...place, found: 'none' })
  t.throws(() => open(tfrecordOf([faceExample(fakeImage(0), 0), faceExample(fakeImage(0), -1)])), {
    ...place,
    found: '-1',
  })
  t.throws(() => open(gzipSync(tfrecordOf([faceExample(fakeImage(0), 0)]))), {
    name: 'DataError',
    found: /^GZIP; unpack it/,
  })
  const reader = open(tfrecordOf([faceExample(fakeImage(0), 0), faceExample(fakeImage(1), 1)]))
  const bytes = readFileSync(path)
  bytes[bytes.length - 10]! ^= 1
  writeFileSync(path, bytes)
  t.throws(() => reader.read(1), { ...place, expected: /CRC-32C .* of the data/ }, 'damage after the pass at open')
  reader.close()
  t.end()
})
