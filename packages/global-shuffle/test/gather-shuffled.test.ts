/** Several shufflers, each with a part of the entries, against one with all of them. */
import { mkdirSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import t from 'tap'
import { Bucket } from '../src/bucket.js'
import { bucketPath, gatherShuffled, type ScatteredEntries, Shuffler } from '../src/index.js'

const entry = (id: number) => Buffer.from(`${id} ${'.'.repeat((id * 7) % 40)}`)
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

function scattered(folder: string, from: number, to: number, seed: number, memory: number): ScatteredEntries {
  const shuffler = new Shuffler({ seed, first: from, memory, keepIn: folder })
  for (let id = from; id < to; id++) shuffler.add(entry(id))
  shuffler.spill()
  const { buckets } = shuffler.save()!
  shuffler.close()
  return { folder, buckets }
}

function inOne(count: number, seed: number): string[] {
  const shuffler = new Shuffler({ seed })
  for (let id = 0; id < count; id++) shuffler.add(entry(id))
  return Array.from(shuffler.shuffled(), text)
}

t.test('parts of any sizes, by memories of any size, from any rank on: the order of one shuffler', t => {
  const folder = t.testdir()
  const size = fc.integer({ min: 1, max: 20_000 })
  let runs = 0
  fc.assert(
    fc.property(
      fc.array(fc.nat(90), { minLength: 1, maxLength: 5 }),
      fc.nat(0xffffffff),
      size,
      size,
      fc.nat(100),
      (sizes, seed, memory, gatherMemory, share) => {
        const run = join(folder, `${runs++}`)
        let count = 0
        const parts = sizes.map((size, index) => {
          const from = count
          count += size
          return scattered(join(run, `${index}`), from, count, seed, memory)
        })
        const from = Math.floor((count * share) / 100)
        const found = Array.from(gatherShuffled(parts, { from, memory: gatherMemory, folder }), text)
        return JSON.stringify(found) === JSON.stringify(inOne(count, seed).slice(from))
      },
    ),
    { numRuns: 100 },
  )
  t.end()
})

t.test('only the buckets of the ranks that are asked for are read', t => {
  const folder = t.testdir()
  const part = scattered(join(folder, 'a'), 0, 1000, 1, 1000)
  const whole = inOne(1000, 1)
  const before = part.buckets.slice(0, 32).reduce((sum, { count }) => sum + count, 0)
  truncateSync(join(folder, 'a/bucket-31'), 5)
  t.same(Array.from(gatherShuffled([part], { from: before }), text), whole.slice(before))
  t.throws(() => [...gatherShuffled([part], { from: before - 1 })], {
    message: `${folder}/a/bucket-31: was cut off by someone else`,
  })
  t.end()
})

t.test('a shuffler of no entries', t => {
  const folder = join(t.testdir(), 'none')
  mkdirSync(folder)
  const part = scattered(folder, 5, 5, 1, 1000)
  t.same([...gatherShuffled([part])], [])
  t.end()
})

t.test('of equal keys the entry of the earlier part is first', t => {
  const folder = t.testdir({ a: {}, b: {} })
  const parts = ['a', 'b'].map(name => {
    const bucket = new Bucket(bucketPath(join(folder, name), 0))
    for (const number of [1, 2]) bucket.add(0.001, Buffer.from(`${name}${number}`))
    const buckets = [bucket.sync()]
    bucket.close()
    return { folder: join(folder, name), buckets }
  })
  for (const memory of [1, 2 ** 20]) {
    t.same(Array.from(gatherShuffled(parts, { memory, folder }), text), ['a1', 'a2', 'b1', 'b2'])
  }
  t.end()
})
