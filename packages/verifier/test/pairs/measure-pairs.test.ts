import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { type Face, measurePairs } from '../../src/pairs/measure-pairs.js'
import { goldenPairs } from '../golden.js'

const record = (index: number, side: 0 | 1, more: DataMap = {}): DataMap => ({
  id: `${index}/${side}`,
  embedding: tensorOf(Float32Array.of(3, side)),
  pair: { index, side, same: true },
  ...more,
})
const stream = (records: DataMap[]) => Object.assign([...records], { begin: { begin: 1 as const, source: 'set.bin' } })
const fails = (records: DataMap[], message: string | RegExp) => {
  try {
    measurePairs(stream(records))
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    return typeof message === 'string'
      ? error.message === message || error.message
      : message.test(error.message) || error.message
  }
  return 'no error'
}

const real = goldenPairs()
test("insightface's distances of real pairs", { skip: real === undefined }, async t => {
  const { golden, records } = real!
  const { distances } = measurePairs(records({ flip: true }))
  const ends = [...distances.slice(0, 5), ...distances.slice(-5)]
  for (const [i, expected] of [...golden.dist_first5, ...golden.dist_last5].entries()) {
    t.ok(Math.abs(ends[i]! - expected) < 1e-14, `${ends[i]} is ${expected}`)
  }
})

test('takes the sides in any order and gives the pairs in order', async t => {
  const records = [record(5, 1), record(2, 0), record(5, 0), record(0, 0), record(0, 1), record(2, 1)]
  const pairs = measurePairs(stream(records))
  t.strictSame([...pairs.indices!], [0, 2, 5])
  t.equal(pairs.distances[0], measurePairs(stream([record(0, 0), record(0, 1)])).distances[0])
  t.ok(Math.abs(pairs.meanNorm - (3 + Math.sqrt(10)) / 2) < 1e-15 * 3)
})

test('groups by text: 1, "1" and a bigint are one value', async t => {
  const groups = [1, '1', 1n, true, 'true', '2']
  const records = groups.map((group, i) => record(i >> 1, (i % 2) as 0 | 1, { group }))
  const { names, left, right } = measurePairs(stream(records), { groupBy: 'group' }).groups!
  t.strictSame(
    [names, [...left], [...right]],
    [
      ['1', 'true', '2'],
      [0, 0, 1],
      [0, 1, 2],
    ],
  )
})

test('hands on the faces, side 0 first, and their images when asked', async t => {
  const image = (byte: number) => ({ image: Buffer.of(byte) })
  const records = stream([record(1, 1, image(11)), record(1, 0, image(10))])
  const seen: (readonly [Face, Face])[] = []
  measurePairs(records, { images: true, onPair: (_, faces) => seen.push(faces) })
  measurePairs(records, { onPair: (_, faces) => seen.push(faces) })
  records[0]!.image!.fill(0)
  records[1]!.image!.fill(0)
  t.strictSame(
    seen[0]!.map(face => face.id),
    ['1/0', '1/1'],
  )
  t.strictSame(
    seen[0]!.map(face => [...face.image!]),
    [[10], [11]],
    'copies, not views',
  )
  t.strictSame(
    seen[1]!.map(face => face.image),
    [undefined, undefined],
  )
})

test('names the record of an embedding that cannot be compared', async t => {
  const values = (...numbers: number[]) => ({ embedding: tensorOf(Float32Array.from(numbers)) })
  const at = 'set.bin: record 1 (id 0/1): '
  const second = (more: DataMap) => [record(0, 0), record(0, 1, more)]
  for (const [more, message] of [
    [values(1, Number.NaN), 'expected finite numbers in embedding, found NaN at [1]'],
    [values(Number.NEGATIVE_INFINITY, 1), 'expected finite numbers in embedding, found -Infinity at [0]'],
    [values(0, 0), 'embedding is all zeros: it has no direction and cannot be normalised'],
    [values(1, 2, 3), 'expected an embedding of 2 numbers, as before, found 3'],
    [{ embedding: undefined }, 'no embedding: put arcface-embed before this command'],
    [{ pair: undefined }, 'no pair: bin-dump and record-pairs say which records make a pair'],
    [
      { embedding: tensorOf(Float64Array.of(1, 2)) },
      'expected embedding to be a float32 tensor of shape [size], found float64 of shape [2]',
    ],
    [
      { embedding: tensorOf(Float32Array.of(1, 2), [1, 2]) },
      'expected embedding to be a float32 tensor of shape [size], found float32 of shape [1, 2]',
    ],
    [
      { embedding: { dtype: 'float32', shape: [2], data: new Uint8Array(7) } },
      'expected 8 bytes in a float32 tensor of shape [2], found 7',
    ],
    [{ embedding: [1, 2] as never }, 'expected embedding to be a float32 tensor of shape [size], found [1,2]'],
    [{ flipped: tensorOf(Float32Array.of(1)) }, "expected flipped of the embedding's size, 2, found 1"],
    [
      { ...values(1, 2), flipped: tensorOf(Float32Array.of(-1, -2)) },
      'embedding and flipped cancel out: their sum is all zeros and cannot be normalised',
    ],
    [
      { flipped: tensorOf(Float32Array.of(1, 1)) },
      'expected an embedding without flipped, as before, found one with flipped',
    ],
    [
      { pair: { index: 0, side: 2 as never, same: true } },
      'expected a pair of index (a whole number), side (0 or 1) and same (true or false), found {"index":0,"side":2,"same":true}',
    ],
    [{ pair: { index: -1, side: 1, same: true } }, /found {"index":-1/],
    [{ pair: { index: 0.5, side: 1, same: true } }, /found {"index":0.5/],
    [{ pair: { index: 0, side: 1, same: 1 as never } }, /"same":1}$/],
    [{ pair: null as never }, /found null$/],
  ] satisfies [DataMap, string | RegExp][]) {
    t.equal(fails(second(more), typeof message === 'string' ? at + message : message), true)
  }
})

test('names the pair that does not come together', async t => {
  const start = 'set.bin: record '
  t.equal(fails([record(7, 1)], `${start}0 (id 7/1): pair 7 has side 1 but no side 0`), true)
  const two = [record(0, 0), record(0, 1), record(3, 0), record(4, 0)]
  t.equal(fails(two, `${start}2 (id 3/0): pair 3 has side 0 but no side 1, and 1 more pairs lack a side`), true)
  const twice = [record(3, 0), record(3, 0)]
  t.equal(fails(twice, `${start}1 (id 3/0): pair 3 has side 0 twice, first in record 0`), true)
  const thrice = [record(3, 0), record(3, 1), record(3, 0)]
  t.equal(fails(thrice, `${start}2 (id 3/0): pair 3 was complete before this record`), true)
  const quarrel = [record(3, 0), record(3, 1, { pair: { index: 3, side: 1, same: false } })]
  const message = 'expected pair 3 to have same true, as its other side in record 0 says, found false'
  t.equal(fails(quarrel, `${start}1 (id 3/1): ${message}`), true)
})
