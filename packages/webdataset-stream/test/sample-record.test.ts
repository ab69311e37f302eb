import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import fc from 'fast-check'
import t from 'tap'
import { type Sample, sampleFiles, sampleRecord } from '../src/index.js'
import { fakeImage, runs } from './fixtures.js'

const image = fakeImage(1)
const png = Buffer.from('\x89PNG\r\n\x1a\n and so on', 'latin1')

function sampleOf(key: string, files: Record<string, string | Buffer>): Sample {
  return {
    key,
    file: 'x.tar',
    offset: 512,
    files: new Map(Object.entries(files).map(([name, bytes]) => [name, Buffer.from(bytes as string)])),
  }
}

const record = (files: Record<string, string | Buffer>, key = 'a') => sampleRecord(sampleOf(key, files))

/** What is written, read again, under the key of record 5. */
function again(map: DataMap): DataMap {
  return record(Object.fromEntries(sampleFiles(map).map(([name, bytes]) => [name, Buffer.from(bytes)])), '000000005')
}

t.test('key, image and label', t => {
  t.strictSame(record({ jpg: image, cls: '7' }, '000000042'), { id: 42, label: 7, image })
  t.strictSame(record({ png, cls: '-7\n' }, 'Ann/1'), { id: 'Ann/1', label: -7, image: png })
  t.strictSame(
    record({ cls: ' 12 ' }, '1234567890123456'),
    { id: '1234567890123456', label: 12 },
    'a key of 16 digits is text',
  )
  t.strictSame(record({ cls: '9223372036854775807' }).label, 9223372036854775807n)
  for (const cls of ['Ann', '1.5', '', '1 2', '0x1', '12345678901234567890'])
    t.equal(record({ cls }).label, undefined, cls)
  t.strictSame(
    record({ png, jpeg: Buffer.from('2'), jpg: image }).image,
    image,
    'of several images the first by its extension',
  )
  t.strictSame(record({ png, jpeg: image }).image, image)
  t.end()
})

t.test('attributes are fields', t => {
  t.strictSame(record({ jpg: image, cls: '1', json: '{"age": 30, "big": 9007199254740993, "of": {"a": [1]}}' }), {
    id: 'a',
    label: 1,
    image,
    age: 30,
    big: 9007199254740993n,
    of: { a: [1] },
  })
  t.strictSame(record({ jpg: image, json: '{"id": 12, "label": 3}' }), { id: 12, label: 3, image })
  t.strictSame(record({ jpg: image, cls: '3', json: '{"label": 3}' }), { id: 'a', label: 3, image })
  t.end()
})

t.test('JSON that cannot be fields stays whole', t => {
  for (const json of [
    [1, 2],
    'text',
    null,
    5,
    { label: 'Ann', age: 3 },
    { image: 'a.jpg' },
    { id: { a: 1 } },
    { end: true },
  ]) {
    t.strictSame(record({ jpg: image, cls: '1', json: JSON.stringify(json) }), { id: 'a', label: 1, image, json })
  }
  t.strictSame(
    record({ cls: '1', json: '{"label": 2}' }),
    { id: 'a', label: 1, json: { label: 2 } },
    'what cls says counts',
  )
  t.end()
})

t.test('JSON that is none is an error with file, byte and key', t => {
  t.throws(() => record({ jpg: image, json: '{"age": }' }), {
    name: 'DataError',
    message: /^x\.tar: byte 512: id a: \.json, expected JSON, found /,
  })
  t.throws(() => record({ jpg: image, json: '' }), {
    name: 'DataError',
    message: /^x\.tar: byte 512: id a: \.json, expected JSON, found /,
  })
  t.throws(() => record({ jpg: image, json: `${'['.repeat(40)}${']'.repeat(40)}` }), {
    name: 'DataError',
    message: /id a: \.json, expected at most 32 levels/,
  })
  t.end()
})

t.test('what is written comes back, whatever the record holds', t => {
  const field = fc.oneof(
    fc.string(),
    fc.double({ noNaN: true }),
    fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n).filter(value => value > 2n ** 53n || value < -(2n ** 53n)),
    fc.uint8Array({ maxLength: 5 }).map(bytes => Buffer.from(bytes)),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.constant(null),
    fc.boolean(),
  )
  const label = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter(value => !Object.is(value, -0)),
    fc.constant(2n ** 60n),
    fc.array(fc.float({ noNaN: true }), { minLength: 2, maxLength: 4 }).map(values => {
      const { dtype, shape, data } = tensorOf(Float32Array.from(values))
      return { dtype, shape, data: Uint8Array.from(data) }
    }),
  )
  const others = fc.dictionary(
    fc.string({ maxLength: 8 }).map(name => `f${name}`),
    field,
    { maxKeys: 4, noNullPrototype: true },
  )
  fc.assert(
    fc.property(
      fc.option(label, { nil: undefined }),
      others,
      fc.constantFrom<DataMap['id']>(5, 'Ann/1'),
      (label, others, id) => {
        const map: DataMap = { id, ...(label !== undefined && { label }), image, ...others }
        const found = again(map)
        t.strictSame(Object.keys(found).sort(), Object.keys(map).sort())
        for (const [name, value] of Object.entries(map))
          t.match(found[name], value instanceof Uint8Array ? Buffer.from(value) : value, name)
        return true
      },
    ),
    { numRuns: runs(100) },
  )
  t.end()
})

t.test('which files a record has', t => {
  const names = (map: DataMap) => sampleFiles(map).map(([name]) => name)
  t.same(names({ id: 1, label: 2, image }), ['cls', 'jpg'])
  t.same(names({ id: 'Ann', label: 2, image: png }), ['cls', 'json', 'png'])
  t.same(names({ id: 1, image }), ['jpg'])
  t.same(names({ id: 1, label: 0.5, image }), ['jpg', 'json'])
  t.same(names({ id: 1, label: 1e300, image }), ['jpg', 'json'])
  t.same(names({ id: 1, label: 2, image, age: 30 }), ['cls', 'jpg', 'json'])
  for (const [map, found] of [
    [{ id: 1, label: 2 }, 'id, label'],
    [{}, 'an empty map'],
    [{ image: Buffer.from('GIF89a..') }, 'an image (GIF)'],
    [{ image: Buffer.alloc(9, 0x90) }, 'bytes of no known format'],
  ] as [DataMap, string][]) {
    t.throws(() => sampleFiles(map), { name: 'DataError', expected: 'a JPEG or PNG as image', found })
  }
  t.end()
})
