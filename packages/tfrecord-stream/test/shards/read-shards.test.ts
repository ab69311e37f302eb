import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import {
  encodeExample,
  exampleBytes,
  type Feature,
  openShards,
  type ReadShardsOptions,
  readShards,
  writeShards,
} from '../../src/index.js'
import { faceExample, fakeImage, tfrecordOf } from '../fixtures.js'

function read(path: string, options?: ReadShardsOptions): DataMap[] {
  return Array.from(readShards([path], options), record => structuredClone(record))
}

const faces = Array.from({ length: 6 }, (_, label) => ({ label, image: fakeImage(label) }))

t.test('what the manifest says of all is said of every part; a count only of all', t => {
  const folder = t.testdir()
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  writeShards([...faces, { payload: Buffer.from('no image') }], { folder, shards: 3, begin: { names } })
  const whole = { classes: 6, names, source: folder }
  t.match(readShards([folder]).begin, { ...whole, count: 6 })
  t.match(readShards([folder], { all: true }).begin, { ...whole, count: 7 })
  t.match(readShards([folder], { limit: 4 }).begin, { ...whole, count: 4 })
  t.match(readShards([folder], { limit: 9 }).begin, { ...whole, count: 6 })
  t.match(
    readShards([folder], { imageKey: 'other' }).begin,
    { ...whole, count: undefined },
    'it counted images under another name',
  )
  const parts = [0, 1, 2, 3].map(index => readShards([folder], { part: { index, of: 4 } }))
  for (const part of parts) t.match(part.begin, { ...whole, count: undefined })
  t.same(
    parts.flatMap(part => Array.from(part, ({ id, label }) => ({ id, label }))),
    read(folder).map(({ id, label }) => ({ id, label })),
  )
  t.end()
})

t.test('a limit counts what comes through', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  writeFileSync(path, tfrecordOf([Buffer.alloc(0), ...faces.map(({ image, label }) => faceExample(image, label))]))
  t.same(
    read(path, { limit: 2 }).map(({ id }) => id),
    [1, 2],
  )
  t.same(
    read(path, { limit: 2, all: true }).map(({ id }) => id),
    [0, 1],
  )
  t.same(read(path, { limit: 0 }), [])
  t.equal(read(path, { limit: 99 }).length, 6)
  t.end()
})

t.test('image and label under other names, also with all', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const keys = { image: 'image/encoded', label: 'image/class/label' }
  const names = { imageKey: keys.image, labelKey: keys.label }
  const height: [string, Feature] = ['image/height', { kind: 'int64', values: BigInt64Array.of(112n) }]
  const examples = faces.map(face => exampleBytes(face, keys))
  // As ImageNet's: others beside them, in an order of its own.
  examples[1] = Buffer.concat([encodeExample(new Map([height])), examples[1]!])
  writeFileSync(path, gzipSync(tfrecordOf(examples)))
  t.same(
    read(path, names),
    faces.map((face, id) => ({ id, ...face })),
  )
  t.same(
    read(path, { ...names, all: true }),
    faces.map((face, id) => ({ id, ...face, example: examples[id] })),
  )
  const records = readShards([path])
  t.throws(() => [...records], {
    name: 'DataError',
    message: `${path}: expected at least one record with an image as image_raw (--image-key), found 6 without; the first has image/class/label, image/encoded; --all keeps all`,
  })
  t.match(records, { leftOut: 6, leftOutFeatures: ['image/class/label', 'image/encoded'], unlabelled: 0 })
  t.end()
})

t.test('names that the manifest says need not be given', t => {
  const keys = { image: 'jpeg', label: 'person' }
  const dir = t.testdir({ a: {}, b: {} })
  writeShards(faces, { folder: join(dir, 'a'), keys })
  writeShards(faces, { folder: join(dir, 'b') })
  const expected = faces.map((face, id) => ({ id, ...face }))
  t.same(read(join(dir, 'a')), expected)
  t.match(readShards([join(dir, 'a')]), { keys, begin: { count: 6 } })
  t.equal(Array.from(readShards([join(dir, 'a'), join(dir, 'b')])).length, 12, 'each folder has its own')
  t.same(
    Array.from(readShards([join(dir, 'a')], { labelKey: 'x' }), ({ label }) => label),
    Array(6).fill(undefined),
  )
  const reader = openShards(join(dir, 'a'))
  t.match(reader.read(5), { label: 5, image: faces[5]!.image })
  reader.close()
  t.throws(() => readShards([dir], { imageKey: 'x', labelKey: 'x' }))
  t.throws(() => readShards([join(dir, 'a')], { labelKey: 'jpeg' }), { name: 'UsageError' })
  t.end()
})

t.test('labels are numbers: int64 or float, one or many; text is none', t => {
  const path = join(t.testdir(), 'x.tfrecord')
  const labels: Feature[] = [
    { kind: 'int64', values: BigInt64Array.of(-(2n ** 60n)) },
    { kind: 'float', values: Float32Array.of(0.5) },
    { kind: 'float', values: Float32Array.of(1, 2) },
    { kind: 'bytes', values: [Buffer.from('dog')] },
    { kind: 'none' },
  ]
  const image: Feature = { kind: 'bytes', values: [fakeImage(0)] }
  const examples = labels.map(label => encodeExample(new Map(Object.entries({ image_raw: image, label }))))
  writeFileSync(path, tfrecordOf(examples))
  const records = readShards([path])
  t.same(
    Array.from(records, ({ label }) => structuredClone(label)),
    [-(2n ** 60n), 0.5, structuredClone(tensorOf(Float32Array.of(1, 2))), undefined, undefined],
  )
  t.match(records, { leftOut: 0, unlabelled: 2 })
  t.end()
})

t.test('a shard with another count than its manifest says is an error, in the part that reads to its end', t => {
  const folder = t.testdir()
  const manifest = writeShards(faces, { folder })
  manifest.shards[0]!.count = 7
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest))
  const path = join(folder, manifest.shards[0]!.name)
  const wrong = { name: 'DataError', file: path, expected: '7 records, as the manifest says', found: '6' }
  t.throws(() => read(folder), wrong)
  t.throws(() => read(folder, { part: { index: 1, of: 2 } }), wrong)
  t.throws(() => read(folder, { part: { index: 0, of: 1 } }), wrong)
  t.equal(read(folder, { part: { index: 0, of: 2 } }).length, 3)
  t.end()
})

t.test('nothing at all is an error, but of a part', t => {
  const path = join(t.testdir({ 'x.tfrecord': '' }), 'x.tfrecord')
  for (const options of [{}, { all: true }, { limit: 5 }]) {
    t.throws(() => read(path, options), {
      name: 'DataError',
      message: /x\.tfrecord: expected at least one record.*, found no record$/,
    })
  }
  t.same(read(path, { limit: 0 }), [])
  writeFileSync(path, tfrecordOf([faceExample(fakeImage(0), 0)]))
  const parts = [0, 1, 2].map(index => read(path, { part: { index, of: 3 } }).length)
  t.same(parts, [1, 0, 0])
  t.end()
})
