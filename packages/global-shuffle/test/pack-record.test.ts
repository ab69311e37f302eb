import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import fc from 'fast-check'
import t from 'tap'
import { RecordPacker, unpackRecord } from '../src/pack-record.js'

const packer = new RecordPacker()

t.test('every kind of value comes back as it was', t => {
  const records: DataMap[] = [
    {},
    { id: 5, label: 3, image: Buffer.from('image'), note: '\ud800 "quoted"', yes: true, payload: Buffer.of() },
    { id: 'x', label: 2n ** 60n, image: Buffer.from('image'), payload: new Uint8Array(0), key: -0, none: null },
    { id: 2 ** 40, embedding: tensorOf(Float32Array.of(1, 2)), pair: { index: 0, side: 1, same: true } },
    { list: [Buffer.of(1), [Buffer.of(2), 'text', Number.NaN], { deep: Buffer.of(3) }], 7: Buffer.of(4), a: 1.5 },
    { image: Buffer.alloc(1_000_000, 'large'), label: -5 },
  ]
  for (const record of records) t.strictSame(plain(unpackRecord(packer.pack(record))), plain(record))
  t.end()
})

t.test('any record', t => {
  const value = fc.letrec(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      fc.uint8Array(),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n }),
      fc.double(),
      fc.string(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    ),
  })).value
  const record = fc.dictionary(
    fc.string().filter(name => name !== '__proto__'),
    value,
    { maxKeys: 6 },
  )
  fc.assert(
    fc.property(record, before => {
      const after = unpackRecord(packer.pack(before))
      if (!t.strictSame(plain(after), plain(before))) throw new Error('differs')
    }),
    { numRuns: Number(process.env.TINY_FACE_RUNS ?? 100) },
  )
  t.end()
})

t.test('what is unpacked owns its bytes', t => {
  const packed = packer.pack({ id: 1, image: Buffer.from('first') })
  const record = unpackRecord(packed)
  packed.fill(0)
  t.equal(Buffer.from(record.image!).toString(), 'first')
  t.end()
})

/** Bytes as text, whatever kind of array holds them. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return `bytes ${Buffer.from(value).toString('hex')}`
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([field, inner]) => [field, plain(inner)]))
}
