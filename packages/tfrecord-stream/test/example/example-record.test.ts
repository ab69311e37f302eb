import { tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { decodeExample, dumpRecord, encodeExample, exampleBytes, type Feature } from '../../src/index.js'
import { faceExample, fakeImage } from '../fixtures.js'

const image = fakeImage(1)
const back = (label: Parameters<typeof exampleBytes>[0]['label']) =>
  dumpRecord(exampleBytes({ image, label }), 0)?.label

t.test('an image and a label are an Example as the seed wrote it', t => {
  const bytes = exampleBytes({ id: 7, image, label: 3 })
  t.same(
    [...decodeExample(bytes)],
    [
      ['image_raw', { kind: 'bytes', values: [image] }],
      ['label', { kind: 'int64', values: BigInt64Array.of(3n) }],
    ],
  )
  t.same(dumpRecord(bytes, 0), { id: 0, label: 3, image })
  t.end()
})

t.test('labels of every kind come back as they went', t => {
  for (const label of [0, -1, 2 ** 53 - 1, -(2 ** 53) + 1, 2n ** 60n, -(2n ** 63n), 0.5, Number.NaN, undefined]) {
    t.strictSame(back(label), label, `${label}`)
  }
  for (const vector of [Float32Array.of(1, 2.5), BigInt64Array.of(1n, -2n)]) {
    const { data, dtype } = back(tensorOf(vector)) as ReturnType<typeof tensorOf>
    t.same([dtype, Buffer.from(data)], [tensorOf(vector).dtype, Buffer.from(tensorOf(vector).data)])
  }
  t.equal(back(tensorOf(Int32Array.of(5))), 5)
  t.throws(() => back(2n ** 63n), { name: 'DataError', expected: /64 bits/, found: '9223372036854775808' })
  t.throws(() => back(0.1), { name: 'DataError', expected: /32-bit float/, found: '0.1' })
  t.end()
})

t.test('an example is restored, and follows what a stage changed', t => {
  const extra: [string, Feature] = ['height', { kind: 'int64', values: BigInt64Array.of(112n) }]
  const features = decodeExample(faceExample(image, 3)).set(...extra)
  // Features in another order than ours, as another writer may have left them.
  const example = Buffer.concat([encodeExample(new Map([extra])), faceExample(image, 3)])
  t.equal(exampleBytes({ example, image, label: 3 }), example, 'unchanged: the same bytes')
  t.equal(exampleBytes({ example }), example)
  const renumbered = decodeExample(exampleBytes({ example, image, label: 9 }))
  t.same(renumbered.get('label'), { kind: 'int64', values: BigInt64Array.of(9n) })
  t.same(renumbered.get('height'), features.get('height'), 'the others stay')
  const resized = decodeExample(exampleBytes({ example, image: fakeImage(2), label: 3 }))
  t.same(resized.get('image_raw'), { kind: 'bytes', values: [fakeImage(2)] })
  t.end()
})

t.test('under other names, likewise', t => {
  const keys = { image: 'image/encoded', label: 'image/class/label' }
  const bytes = exampleBytes({ image, label: 0.5 }, keys)
  t.same([...decodeExample(bytes).keys()], ['image/class/label', 'image/encoded'])
  t.same(dumpRecord(bytes, 0, false, keys), { id: 0, label: 0.5, image })
  t.equal(dumpRecord(bytes, 0), undefined)
  t.equal(exampleBytes({ example: bytes, image, label: 0.5 }, keys), bytes, 'unchanged: the same bytes')
  const renumbered = decodeExample(exampleBytes({ example: bytes, image, label: 9 }, keys))
  t.same([...renumbered.keys()], ['image/class/label', 'image/encoded'])
  t.same(renumbered.get('image/class/label'), { kind: 'int64', values: BigInt64Array.of(9n) })
  t.end()
})

t.test('a payload is the record; nothing at all is an error', t => {
  const payload = Buffer.from('not a proto')
  t.equal(exampleBytes({ payload }), payload)
  t.throws(() => exampleBytes({ id: 1, label: 2 }), {
    name: 'DataError',
    expected: 'an image, an example or a payload',
    found: 'id, label',
  })
  t.end()
})

t.test('records without exactly one image are left out unless all are asked for', t => {
  const two = encodeExample(new Map([['image_raw', { kind: 'bytes', values: [image, image] }]]))
  const empty = encodeExample(new Map([['image_raw', { kind: 'bytes', values: [Buffer.alloc(0)] }]]))
  for (const example of [two, empty, Buffer.alloc(0)]) {
    t.equal(dumpRecord(example, 4), undefined)
    t.strictSame(dumpRecord(example, 4, true), { id: 4, example })
  }
  const payload = Buffer.alloc(16)
  t.equal(dumpRecord(payload, 5), undefined)
  t.strictSame(dumpRecord(payload, 5, true), { id: 5, payload })
  t.end()
})
