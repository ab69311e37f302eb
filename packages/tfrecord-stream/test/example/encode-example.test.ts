import { join } from 'node:path'
import t from 'tap'
import { sharedData } from '../../../../test/shared-data.js'
import { decodeExample, encodeExample, type Feature, readTFRecord } from '../../src/index.js'

const data = sharedData()

t.test('what TensorFlow wrote is encoded again byte for byte', { skip: !data }, t => {
  for (const [name, last] of [
    ['faces.tfrecord', Infinity],
    // Beyond lie an Example without features, whose bytes are none, and two records that are no Examples.
    ['odd.tfrecord', 7],
  ] as const) {
    let index = 0
    for (const { data: bytes } of readTFRecord(join(data!, 'tfrecord', name))) {
      if (index === last) break
      if (!encodeExample(decodeExample(bytes)).equals(bytes)) t.fail(`${name}, record ${index}`)
      index++
    }
    t.ok(index >= 7, `${index} records of ${name}`)
  }
  t.end()
})

t.test('names in the order of their UTF-8 bytes, not of their UTF-16 units', t => {
  const none: Feature = { kind: 'none' }
  const names = ['\u{1f600}', '\uffee', 'b', 'ab', 'a']
  const bytes = encodeExample(new Map(names.map(name => [name, none])))
  t.same([...decodeExample(bytes).keys()], ['a', 'ab', 'b', '\uffee', '\u{1f600}'])
  t.end()
})

t.test('all sizes of lengths and integers', t => {
  const edges = [0n, 1n, 127n, 128n, 16383n, 16384n, 2n ** 32n, 2n ** 63n - 1n, -1n, -(2n ** 63n)]
  for (const size of [0, 1, 127, 128, 16383, 16384, 2 ** 21 - 1, 2 ** 21]) {
    const features: [string, Feature][] = [
      ['b', { kind: 'bytes', values: [Buffer.alloc(size, 7), Buffer.alloc(0)] }],
      ['f', { kind: 'float', values: Float32Array.of(0, -0, Number.NaN, Number.POSITIVE_INFINITY, 1.5) }],
      ['i', { kind: 'int64', values: BigInt64Array.from(edges) }],
    ]
    t.strictSame([...decodeExample(encodeExample(new Map(features)))], features, `${size} bytes`)
  }
  t.end()
})
