import { readdirSync } from 'node:fs'
import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { shuffleRecords } from '../src/index.js'

function* numbered(count: number, size = 10): Generator<DataMap> {
  const shared = Buffer.alloc(size)
  for (let id = 0; id < count; id++) {
    // As a reader does: the bytes of the last record are gone.
    shared.fill(`${id} `)
    yield { id, payload: shared }
  }
}

function order(count: number, options: Parameters<typeof shuffleRecords>[1]): number[] {
  return [...shuffleRecords(numbered(count), options)].map(record => record.id as number)
}

t.test('the order is that of the keys which MT19937 draws from the seed', t => {
  // By numpy.random.RandomState(5): the low 26 bits of one draw, then the low 27 of the next, make a key.
  const expected = [9, 6, 19, 13, 5, 10, 7, 0, 2, 18, 12, 4, 11, 14, 16, 15, 1, 3, 17, 8]
  t.same(order(20, { seed: 5 }), expected)
  t.end()
})

t.test('the same order in memory, in buckets, and in buckets of buckets; nothing is left on disk', t => {
  const folder = t.testdir()
  const expected = order(1000, { seed: 1 })
  t.not(expected.join(), [...numbered(1000)].map(record => record.id).join())
  t.same(
    [...expected].sort((a, b) => a - b),
    Array.from({ length: 1000 }, (_, id) => id),
  )
  for (const memory of [600_000, 100_000, 20_000]) {
    t.same(order(1000, { seed: 1, folder, memory }), expected, `${memory} bytes`)
    t.same(readdirSync(folder), [])
  }
  t.not(order(1000, { seed: 2 }).join(), expected.join(), 'another seed, another order')
  t.same(order(0, { seed: 1 }), [])
  t.end()
})

t.test('records keep all their fields and their own bytes, also through the disk', t => {
  const rich: DataMap[] = [
    { id: 'x', label: 2n ** 60n, image: Buffer.from('image'), key: 7, record: { key: 8 } },
    { id: 2 ** 40, embedding: tensorOf(Float32Array.of(1, 2)), pair: { index: 0, side: 1, same: true } },
    { id: 3, label: 0.5, recordio: { role: 'image', flag: 0, id: 2 ** 45 } },
  ]
  const inMemory = [...shuffleRecords(rich, { seed: 1 })]
  const onDisk = [...shuffleRecords(rich, { seed: 1, memory: 1 })]
  t.same(onDisk, inMemory)
  t.same(new Set(inMemory.map(record => record.id)), new Set(rich.map(record => record.id)))
  for (const memory of [1 << 20, 1]) {
    for (const { id, payload } of shuffleRecords(numbered(200), { seed: 3, memory })) {
      if (!Buffer.from(payload!).equals(Buffer.alloc(10, `${id} `))) t.fail(`record ${id}`)
    }
  }
  t.end()
})

t.test('every order is equally likely: chi-square over the 24 orders of 4', t => {
  const counts = new Map<string, number>()
  const seeds = 12_000
  for (let seed = 0; seed < seeds; seed++) {
    const key = order(4, { seed }).join()
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const expected = seeds / 24
  const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  t.equal(counts.size, 24)
  t.ok(chiSquare < 49.73, `chi-square ${chiSquare.toFixed(1)} with 23 degrees of freedom: 49.73 is the 0.999 quantile`)
  t.end()
})

t.test('every record is equally likely at every tenth of the order: chi-square of one large shuffle', t => {
  const size = 20_000
  const cells = new Float64Array(100)
  order(size, { seed: 11, memory: 1 << 20 }).forEach((id, place) => {
    cells[10 * Math.floor((10 * id) / size) + Math.floor((10 * place) / size)]!++
  })
  const chiSquare = cells.reduce((sum, count) => sum + (count - size / 100) ** 2 / (size / 100), 0)
  t.ok(
    chiSquare < 126.08,
    `chi-square ${chiSquare.toFixed(1)} with 81 degrees of freedom: 126.08 is the 0.999 quantile`,
  )
  t.end()
})

t.test('who stops early, or fails, leaves no descriptor open', { skip: process.platform !== 'linux' }, t => {
  const before = readdirSync('/proc/self/fd').length
  for (const _ of shuffleRecords(numbered(200), { seed: 1, memory: 1000 })) break
  function* failing(): Generator<DataMap> {
    yield* numbered(200)
    throw new Error('broken')
  }
  t.throws(() => [...shuffleRecords(failing(), { seed: 1, memory: 1000 })], { message: 'broken' })
  t.equal(readdirSync('/proc/self/fd').length, before)
  t.end()
})
