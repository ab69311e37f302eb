import { tensorOf } from '@tiny-face/record-stream'
import fc from 'fast-check'
import { test } from 'tap'
import { fromJson, MAX_JSON_DEPTH, toJson } from '../src/index.js'
import { parseObject } from '../src/parse-object.js'
import { readAll, scratch } from './scratch.js'

const numRuns = Number(process.env.TINY_FACE_RUNS ?? 300)

/** Both ways that JSON is read: the fast one, and stream-json's. */
function back(json: string): unknown {
  return (fromJson(parseObject(`{"value":${json}}`)) as { value: unknown }).value
}

function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { plainBytes: [...value] }
  if (Array.isArray(value)) return value.map(plain)
  if (value === null || typeof value !== 'object') return value
  return Object.entries(value).map(([key, inner]) => [key, plain(inner)])
}

test('each kind of value', async t => {
  const bytes = Buffer.from('hello')
  t.equal(toJson(bytes, true), '{"base64":"aGVsbG8="}')
  // printf hello | sha256sum
  const sha256 = '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824'
  t.equal(toJson(bytes, false), `{"bytes":5,"sha256":"${sha256}"}`)
  t.equal(toJson(2n ** 63n, true), '9223372036854775808')
  t.equal(
    toJson(tensorOf(Float32Array.of(0.1, -0, 1 / 3, Number.NaN, -Infinity), [5, 1]), false),
    ['{"dtype":"float32","shape":[5,1],"data":[0.1,-0,0.33333334,"NaN","-Infinity"]}'].join(),
  )
  t.equal(
    toJson(tensorOf(BigInt64Array.of(-(2n ** 63n))), true),
    '{"dtype":"int64","shape":[1],"data":[-9223372036854775808]}',
  )
  t.equal(toJson({ a: undefined, b: [null, true, 'é\n\ud83d\ude00'] }, true), '{"b":[null,true,"é\\n😀"]}')
  t.equal(toJson([Number.NaN, Infinity, -0, 1e21, 0.1], true), '[{"float":"NaN"},{"float":"Infinity"},-0,1e+21,0.1]')
})

const tensor = fc.oneof(
  fc.uint8Array().map(values => tensorOf(values)),
  fc.float32Array().map(values => tensorOf(values)),
  fc.float64Array().map(values => tensorOf(values, [values.length, 1])),
  fc.int32Array().map(values => tensorOf(values)),
  fc.bigInt64Array().map(values => tensorOf(values, [1, values.length])),
)
const { value } = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.double(),
    fc.integer(),
    fc.bigInt({ min: 2n ** 53n, max: 2n ** 64n - 1n }),
    fc.bigInt({ min: -(2n ** 63n), max: -(2n ** 53n) }),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    tensor,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'data', 'dtype')), tie('value'), {
      maxKeys: 4,
    }),
  ),
}))

test('any value comes back, exactly', async t => {
  fc.assert(
    fc.property(value, value => {
      t.strictSame(plain(back(toJson(value, true))), plain(value))
    }),
    { numRuns },
  )
})

test('what numbers do not say of a tensor, bytes do', async t => {
  const quiet = { dtype: 'float32', shape: [1], data: Buffer.of(1, 0, 0xc0, 0x7f) } // a NaN of other bits than JavaScript's
  t.match(toJson(quiet, true), '"base64"')
  t.strictSame(plain(back(toJson(quiet, true))), plain(quiet))
  const short = { dtype: 'float32', shape: [2], data: Buffer.of(1, 2, 3) }
  t.strictSame(plain(back(toJson(short, true))), plain(short))
})

test('a map that would come back as something else is refused', async t => {
  const maps = [
    { base64: 'aGVsbG8=' },
    { float: 'NaN' },
    { bytes: 5, sha256: 'x' },
    { dtype: 'float32', shape: [1], data: [1] },
  ]
  for (const map of maps)
    t.throws(() => toJson({ map }, true), { name: 'DataError', expected: 'a map that JSON can hold' })
  for (const map of [{ base64: 1 }, { float: 'x' }, { bytes: 5 }, { dtype: 'float16', shape: [1], data: [1] }]) {
    t.strictSame(back(toJson(map, true)), map)
  }
})

test('values that are none', async t => {
  const refused: [string, RegExp][] = [
    ['{"base64":"aGVsbG8"}', /expected base64, found "aGVsbG8"/],
    ['{"base64":"aGVs!G8="}', /expected base64/],
    ['{"bytes":5,"sha256":"x"}', /expected bytes in base64 \(record-json --all keeps them\), found only their sha256/],
    ['{"dtype":"uint8","shape":[2],"data":[1]}', /expected 2 numbers in a tensor of shape \[2\], found 1/],
    ['{"dtype":"uint8","shape":[1],"data":[256]}', /expected a uint8 number, found 256/],
    ['{"dtype":"int32","shape":[1],"data":[2147483648]}', /expected a int32 number/],
    [
      '{"dtype":"int64","shape":[1],"data":[9223372036854775808]}',
      /expected a int64 number, found 9223372036854775808/,
    ],
    ['{"dtype":"float32","shape":[1],"data":[1e39]}', /expected a float32 number/],
    ['{"dtype":"float32","shape":[1],"data":["inf"]}', /expected a float32 number, found "inf"/],
    ['1e999', /expected a number that a float64 holds/],
  ]
  for (const [json, message] of refused) t.throws(() => back(json), { name: 'DataError', message })
})

test('depth is limited', async t => {
  const nested = (depth: number) => `{"a":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`
  t.doesNotThrow(() => fromJson(JSON.parse(nested(MAX_JSON_DEPTH))))
  t.throws(() => fromJson(JSON.parse(nested(MAX_JSON_DEPTH + 1))), {
    name: 'DataError',
    expected: 'at most 32 levels of objects and arrays',
  })
  const pretty = scratch(t, { 'a.json': `[\n${'['.repeat(100_000)}` })
  t.throws(() => readAll(`${pretty}/a.json`), {
    name: 'DataError',
    expected: 'at most 32 levels of objects and arrays',
    file: 'x.json:2',
  })
})
