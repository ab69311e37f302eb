import { deepStrictEqual, throws } from 'node:assert/strict'
import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import { Packr, Unpackr } from 'msgpackr'
import { test } from 'tap'
import { copyRecord, type DataMap, decodeRecords, encodeRecords } from '../src/index.js'
import { RecordDecoder } from '../src/record-decoder.js'

/** The long run: TINY_FACE_RUNS=10000. */
const RUNS = Number(process.env.TINY_FACE_RUNS ?? 40)
const LONG = process.env.TINY_FACE_RUNS !== undefined
// A stack for each of a hundred thousand errors takes most of the time.
Error.stackTraceLimit = 0

// The independent codec.
const packr = new Packr({ useRecords: false, variableMapSize: true })
const unpackr = new Unpackr({ useRecords: false, mapsAsObjects: true, int64AsType: 'auto' as 'number' })

const bytes = fc.uint8Array({ maxLength: 270 })
const text = fc.string({ unit: 'grapheme', maxLength: 40 })
const float = fc.double().map(value => (Object.is(value, -0) ? 0 : value))
const whole = fc.oneof(
  fc.maxSafeInteger(),
  fc.integer(),
  fc.integer({ min: -200, max: 70_000 }),
  fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 64n - 1n }),
  fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) - 1n }),
)
const field = text.filter(name => !['__proto__', 'begin', 'end'].includes(name))
const { any } = fc.letrec(tie => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(whole, float, text, bytes, fc.boolean(), fc.constant(null)),
    fc.array(tie('any'), { maxLength: 17 }),
    fc.dictionary(field, tie('any'), { maxKeys: 20, noNullPrototype: true }),
  ),
}))
const tensor = fc.array(float, { maxLength: 12 }).map(values => ({
  dtype: 'float32' as const,
  shape: [values.length],
  data: new Uint8Array(Float32Array.from(values).buffer),
}))
const record: fc.Arbitrary<DataMap> = fc
  .tuple(
    fc.record(
      {
        id: fc.oneof(whole, text),
        label: fc.oneof(whole, float, tensor),
        image: bytes,
        payload: bytes,
        embedding: tensor,
        pair: fc.record(
          { index: fc.nat(), side: fc.constantFrom(0 as const, 1 as const), same: fc.boolean() },
          { noNullPrototype: true },
        ),
        example: bytes,
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    fc.dictionary(field, any, { maxKeys: 20, noNullPrototype: true }),
  )
  .map(([known, others]) => ({ ...others, ...known }))
const records = fc.array(record, { maxLength: 5 })
const begin = fc.record({ count: fc.nat(), source: text }, { requiredKeys: [], noNullPrototype: true })

async function encoded(maps: DataMap[], fields = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of encodeRecords(maps, fields)) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

async function decoded(chunks: Iterable<Uint8Array>): Promise<DataMap[]> {
  const maps: DataMap[] = []
  for await (const map of decodeRecords(chunks)) maps.push(copyRecord(map))
  return maps
}

function* pieces(stream: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < stream.length; at += size) yield stream.subarray(at, at + size)
}

/** The records, or the error that tells where the stream is wrong. */
async function reading(stream: Uint8Array): Promise<DataMap[] | DataError> {
  try {
    return await decoded([stream])
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    if (error.offset === undefined || error.offset > stream.length) throw new Error(`no offset: ${error.message}`)
    return error
  }
}

test('any records are read as written, in chunks of any size, and by msgpackr', async t => {
  const property = fc.asyncProperty(records, begin, fc.constantFrom(1, 2, 3, 100), async (maps, fields, size) => {
    const stream = await encoded(maps, fields)
    deepStrictEqual(await decoded([stream]), maps)
    deepStrictEqual(await decoded(pieces(stream, size)), maps)
    const theirs = (unpackr.unpackMultiple(stream) as DataMap[]).map(copyRecord)
    deepStrictEqual(theirs, [{ begin: 1, ...fields }, ...maps, { end: true, count: maps.length }])
  })
  await fc.assert(property, { numRuns: RUNS })
  t.pass()
})

test('what msgpackr writes is read', async t => {
  const property = fc.asyncProperty(records, async maps => {
    const all = [{ begin: 1 }, ...maps, { end: true, count: maps.length }]
    const stream = Buffer.concat(all.map(map => Uint8Array.from(packr.pack(map))))
    deepStrictEqual(await decoded(pieces(stream, 1)), maps)
  })
  await fc.assert(property, { numRuns: RUNS })
  t.pass()
})

test('every truncation is told, with its place', async t => {
  const some = LONG ? { minLength: 60, maxLength: 60 } : { maxLength: 8 }
  const property = fc.asyncProperty(fc.array(record, some), async maps => {
    const stream = await encoded(maps)
    // One decoder tells of every length: saying that no more comes changes nothing in it.
    const decoder = new RecordDecoder()
    for (let length = 0; length < stream.length; length++) {
      throws(
        () => decoder.finish(),
        (error: unknown) => error instanceof DataError && error.offset !== undefined && error.offset <= length,
      )
      decoder.room(1).set(stream.subarray(length, length + 1))
      decoder.filled(1)
      while (decoder.next() !== undefined);
    }
    decoder.finish()
  })
  await fc.assert(property, { numRuns: LONG ? 10 : 5 })
  t.pass()
})

test('a flipped bit is told with its place, or changes a record and loses none', async t => {
  let told = 0
  const property = fc.asyncProperty(records, fc.nat(), async (maps, place) => {
    const stream = await encoded(maps)
    const bit = place % (8 * stream.length)
    stream[bit >> 3]! ^= 1 << (bit & 7)
    const read = await reading(stream)
    if (read instanceof DataError) told++
    else if (read.length !== maps.length) throw new Error(`${maps.length} records were written, ${read.length} read`)
  })
  await fc.assert(property, { numRuns: RUNS })
  t.ok(told > RUNS / 20, `${told} of ${RUNS} told`)
  if (LONG) t.comment(`${RUNS} flips: ${told} told, ${RUNS - told} read as as many records`)
})

test('several wrong bytes are told or read, and nothing else happens', async t => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 })
  const property = fc.asyncProperty(records, edits, async (maps, changes) => {
    const stream = await encoded(maps)
    for (const [place, value] of changes) stream[place % stream.length] = value
    await reading(stream)
  })
  await fc.assert(property, { numRuns: RUNS })
  t.pass()
})
