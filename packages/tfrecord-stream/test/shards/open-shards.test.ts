import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeExample, encodeExample, openShards, readTFRecord, writeShards } from '../../src/index.js'
import { faceExample, fakeImage, sha256, tfrecordOf } from '../fixtures.js'

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
  t.same(
    [0, 1, 2, 3].map(index => reader.place(index)),
    [
      ['00000', 1, 1],
      ['00000', 2, 2],
      ['00001', 1, 4],
      ['00001', 2, 5],
    ].map(([shard, record, id]) => ({ file: join(folder, `train-${shard}-of-00002.tfrecord`), record, id })),
    'ids are those of tfrecord-dump',
  )
  t.equal(reader.several, 0)
  const first = reader.read(0).image
  reader.read(1)
  t.same(first, fakeImage(0), 'images own their bytes')
  reader.close()
  t.end()
})

t.test('thousands of images, and shards without any', t => {
  const folder = t.testdir()
  const image = (index: number) => Buffer.concat([fakeImage(index % 7), Buffer.from([index % 5])])
  const records = Array.from({ length: 5000 }, (_, index) => ({ label: 2 ** 40 + index, image: image(index) }))
  const files = ['a', 'none', 'b', 'c', 'empty'].map(name => join(folder, `${name}.tfrecord`))
  const parts = [records.slice(0, 1500), [], records.slice(1500, 1501), records.slice(1501), []]
  for (const [i, part] of parts.entries()) {
    const examples = part.map(({ label, image }) => faceExample(image, label))
    writeFileSync(files[i]!, tfrecordOf(i === 1 ? [encodeExample(new Map())] : examples))
  }
  const reader = openShards(files)
  t.equal(reader.count, 5000)
  const wrong = records.findIndex(({ label, image }, index) => {
    const read = reader.read(index)
    return read.label !== label || reader.label(index) !== label || !image.equals(read.image)
  })
  t.equal(wrong, -1)
  t.same(
    [0, 1499, 1500, 1501, 4999].map(index => reader.place(index)),
    [
      { file: files[0], record: 0, id: 0 },
      { file: files[0], record: 1499, id: 1499 },
      { file: files[2], record: 0, id: 1501 },
      { file: files[3], record: 0, id: 1502 },
      { file: files[3], record: 3498, id: 5000 },
    ],
  )
  reader.close()
  t.end()
})

t.test('of a label of several numbers the first is the person', t => {
  const folder = t.testdir()
  const label = tensorOf(Float32Array.of(3, 0.5))
  writeShards(
    [
      { label, image: fakeImage(0) },
      { label: 1, image: fakeImage(1) },
    ],
    { folder, shards: 1 },
  )
  const reader = openShards(folder)
  t.same([reader.label(0), reader.label(1), reader.several, reader.read(0).label], [3, 1, 1, 3])
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
