import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { MAX_GROUP_DEPTH } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'
import fc from 'fast-check'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeExample, encodeExample, type Feature, readTFRecord } from '../../src/index.js'
import { runs } from '../fixtures.js'
import { arbitraryExample } from './arbitrary-example.js'

const data = sharedData()

/** Values as TensorFlow's Python printed them: the first eight of a long list. */
function printed(feature: Feature) {
  if (feature.kind === 'none') return { kind: null, n: 0, values: [] }
  if (feature.kind === 'bytes') return list('bytes_list', feature.values, bytes => Buffer.from(bytes).toString('hex'))
  if (feature.kind === 'int64') return list('int64_list', [...feature.values], String)
  return list('float_list', [...feature.values], value => value)
}

function list<T>(kind: string, values: T[], print: (value: T) => unknown) {
  return { kind, n: values.length, values: values.slice(0, values.length > 100 ? 8 : values.length).map(print) }
}

t.test('the odd Examples of TensorFlow', { skip: !data }, t => {
  const expected: Record<string, { kind: string | null; n: number; values: string[] }>[] = JSON.parse(
    readFileSync(join(data!, 'tfrecord/odd_decoded.json'), 'utf8'),
  )
  let index = 0
  for (const { data: bytes } of readTFRecord(join(data!, 'tfrecord/odd.tfrecord'))) {
    const golden = expected[index]!
    if ('error' in golden) t.throws(() => decodeExample(bytes), DataError, `record ${index}`)
    else {
      const found = Object.fromEntries([...decodeExample(bytes)].map(([name, feature]) => [name, printed(feature)]))
      for (const feature of Object.values(golden)) {
        if (feature.kind === 'float_list') feature.values = feature.values.map(parseFloatOf) as never
      }
      t.strictSame(found, golden, `record ${index}`)
    }
    index++
  }
  t.equal(index, 10)
  t.end()
})

function parseFloatOf(text: string): number {
  return text === 'inf' ? Number.POSITIVE_INFINITY : Number(text)
}

// What protobuf 7.36 (Python, upb) made of these bytes.
t.test('like protobuf: pieces merged, last of a name and of a kind, unpacked lists, unknown fields', t => {
  const decode = (hex: string) => [...decodeExample(Buffer.from(hex.replaceAll(' ', ''), 'hex'))]
  const ints = (...values: bigint[]): Feature => ({ kind: 'int64', values: BigInt64Array.from(values) })
  t.same(decode('0a0d 0a0b 0a0161 1206 1a04 0801 0802'), [['a', ints(1n, 2n)]], 'unpacked int64')
  t.same(
    decode('0a10 0a0e 0a0161 1209 1207 0d0000c03f 0a00'),
    [['a', { kind: 'float', values: Float32Array.of(1.5) }]],
    'unpacked and empty packed floats',
  )
  t.same(decode('0a0c 0a0a 0a0161 1205 1a03 0a0105 0a0c 0a0a 0a0161 1205 1a03 0a0106'), [['a', ints(6n)]], 'name twice')
  t.same(decode('0a13 0a11 0a0161 1205 1a03 0a0105 1205 1a03 0a0106'), [['a', ints(5n, 6n)]], 'a value in two pieces')
  t.same(
    decode('0a11 0a0f 0a0161 120a 1a03 0a0105 0a03 0a0178'),
    [['a', { kind: 'bytes', values: [Buffer.from('x')] }]],
    'two kinds',
  )
  t.same(
    decode('0a1a 0a18 0a0161 1213 0a03 0a0178 1a03 0a0105 0a03 0a0179 0a02 0a00'),
    [['a', { kind: 'bytes', values: [Buffer.from('y'), Buffer.alloc(0)] }]],
    'a kind that was there before another begins anew',
  )
  t.same(
    decode('7801 7b 0805 7c 9a06 0158 0a02 0a00'),
    [['', { kind: 'none' }]],
    'unknown fields, and an entry of nothing',
  )
  t.same(decode(''), [])
  t.end()
})

t.test('what is no message is refused, with the byte', t => {
  const refused = (hex: string, offset: number, expected: RegExp) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
    t.throws(() => decodeExample(bytes), { name: 'DataError', offset, expected }, hex)
  }
  refused('00', 0, /a field number of at least 1/)
  refused('0a', 1, /a whole varint/)
  refused('0a05 0a', 1, /at most 1 bytes to the end/)
  refused('0a04 0a05 0a00', 3, /at most 2 bytes to the end/)
  refused('0a05 0a03 0a01 ff', 5, /UTF-8/)
  refused('7b', 1, /a whole varint/)
  refused('7b 8401', 1, /the end of group 15/)
  refused('7c', 1, /a wire type/)
  refused('7e', 1, /a wire type/)
  refused('7d 0102', 1, /4 bytes of a number/)
  refused('78 ffffffffffffffffffff01', 1, /a varint of at most 10 bytes/)
  refused('8080808080 01', 0, /at most 32 bits/)
  refused('7b'.repeat(MAX_GROUP_DEPTH + 2), MAX_GROUP_DEPTH + 1, /at most 100 groups/)
  t.end()
})

t.test('cut off or flipped anywhere, a face is another Example or a DataError', { skip: !data }, t => {
  const bytes = Buffer.from([...readTFRecord(join(data!, 'tfrecord/odd.tfrecord'))][5]!.data)
  const attempt = (damaged: Buffer) => {
    try {
      decodeExample(damaged)
    } catch (error) {
      if (!(error instanceof DataError)) throw error
    }
  }
  for (let end = 0; end < bytes.length; end++) attempt(bytes.subarray(0, end))
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3]! ^= 1 << (bit & 7)
    attempt(damaged)
  }
  t.end()
})

/** Features in a form that can be compared, floats by their bits. */
function comparable(example: Map<string, Feature>) {
  const text = (feature: Feature): string[] => {
    if (feature.kind === 'none') return []
    if (feature.kind === 'int64') return Array.from(feature.values, String)
    if (feature.kind === 'bytes') return feature.values.map(bytes => Buffer.from(bytes).toString('hex'))
    return Array.from(feature.values, value => {
      const bytes = Buffer.alloc(4)
      bytes.writeFloatLE(value)
      return bytes.toString('hex')
    })
  }
  return Object.fromEntries(
    [...example].map(([key, feature]) => [`key ${key}`, { kind: feature.kind, values: text(feature) }]),
  )
}

t.test('Examples written in every way that protobuf allows mean what they say, and again when we write them', t => {
  fc.assert(
    fc.property(arbitraryExample(['image_raw', 'label', 'a', '']), ({ bytes, features }) => {
      const example = decodeExample(bytes)
      const found = comparable(example)
      const again = comparable(decodeExample(encodeExample(example)))
      return isDeepStrictEqual(found, features) && isDeepStrictEqual(sorted(again), sorted(features))
    }),
    { numRuns: runs(500) },
  )
  t.end()
})

function sorted<T>(features: Record<string, T>): [string, T][] {
  return Object.entries(features).sort(([a], [b]) => (a < b ? -1 : 1))
}
