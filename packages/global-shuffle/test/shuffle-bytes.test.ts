import { appendFileSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { type KeptShuffle, Shuffler, type ShufflerOptions, shuffleKeys } from '../src/index.js'

function add(shuffler: Shuffler, from: number, to: number): void {
  const shared = Buffer.alloc(16)
  for (let id = from; id < to; id++) {
    // As a reader does: the bytes of the last one are gone.
    shared.fill(0)
    shared.writeUInt32LE(id)
    shuffler.add(shared.subarray(0, 4 + (id % 12)))
  }
}

function ranks(shuffler: Shuffler, from = 0): number[] {
  return Array.from(shuffler.shuffled(from), bytes => Buffer.from(bytes).readUInt32LE())
}

function order(count: number, options: ShufflerOptions): number[] {
  const shuffler = new Shuffler(options)
  add(shuffler, 0, count)
  const found = ranks(shuffler)
  shuffler.close()
  return found
}

t.test('keys are those of MT19937', t => {
  // By Python's random, set to the state that init_genrand(5) makes: getrandbits(32) % 2**26 * 2**27 + getrandbits(32) % 2**27.
  const next = shuffleKeys(5)
  t.same([next(), next(), next()], [0.20756297954565084, 0.7268674314393234, 0.23002586721749085])
  t.end()
})

t.test('as a uniform permutation: distance of ranks, neighbours of one label', t => {
  const count = 20_000
  const perLabel = 100
  // Of a uniform permutation, sum |i - p(i)| has mean (n^2 - 1) / 3 and variance (n + 1)(2 n^2 + 7) / 45 (Diaconis and
  // Graham, "Spearman's footrule as a measure of disarray", 1977).
  const mean = (count ** 2 - 1) / 3
  const deviation = Math.sqrt(((count + 1) * (2 * count ** 2 + 7)) / 45)
  // Each of n - 1 neighbouring pairs is of one label with probability (m - 1) / (n - 1): m - 1 of them, nearly as a Poisson number.
  const together = perLabel - 1
  for (const [seed, memory] of [
    [1, 2 ** 30],
    [2, 2 ** 18],
    [3, 2 ** 15],
    [4, 2 ** 30],
  ] as const) {
    const found = order(count, { seed, memory })
    const distance = found.reduce((sum, id, rank) => sum + Math.abs(id - rank), 0)
    const z = (distance - mean) / deviation
    t.ok(Math.abs(z) < 4, `seed ${seed}: mean distance ${(distance / count).toFixed(1)}, z ${z.toFixed(2)}`)
    const label = (id: number) => Math.floor(id / perLabel)
    const same = found.filter((id, rank) => rank > 0 && label(id) === label(found[rank - 1]!)).length
    t.ok(Math.abs(same - together) < 4 * Math.sqrt(together), `${same} neighbours of one label, ${together} expected`)
  }
  t.end()
})

t.test('every entry is equally likely at every rank: chi-square over seeds', t => {
  const size = 10
  const seeds = 5000
  const cells = new Float64Array(size * size)
  for (let seed = 0; seed < seeds; seed++) {
    const memory = seed % 50 === 0 ? 300 : undefined
    for (const [rank, id] of order(size, { seed, memory }).entries()) cells[size * rank + id]!++
  }
  const expected = seeds / size
  const chiSquare = cells.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
  t.ok(
    chiSquare < 126.08,
    `chi-square ${chiSquare.toFixed(1)} with 81 degrees of freedom: 126.08 is the 0.999 quantile`,
  )
  t.end()
})

t.test('from any rank on', t => {
  for (const memory of [2 ** 30, 5000, 400]) {
    const whole = order(300, { seed: 9, memory })
    for (const from of [0, 1, 7, 150, 299, 300]) {
      const shuffler = new Shuffler({ seed: 9, memory })
      add(shuffler, 0, 300)
      t.same(ranks(shuffler, from), whole.slice(from), `${memory} bytes, from ${from}`)
      shuffler.close()
    }
  }
  t.end()
})

t.test('kept on disk, another process goes on: entries that were added are passed over', t => {
  const expected = order(500, { seed: 4 })
  for (const [saved, memory] of [
    [150, 4000],
    [499, 4000],
    [500, 4000],
    [300, 1],
  ] as const) {
    const keepIn = join(folder(t), 'kept')
    const first = new Shuffler({ seed: 4, memory, keepIn })
    add(first, 0, saved)
    const kept = JSON.parse(JSON.stringify(first.save())) as KeptShuffle
    t.equal(kept.count, saved)
    // What comes after is lost with the process; some of it has reached the disk.
    add(first, saved, 500)
    first.close()
    for (const name of readdirSync(keepIn)) appendFileSync(join(keepIn, name), 'torn')
    const second = new Shuffler({ seed: 4, memory: 2 * memory, keepIn, kept })
    add(second, 0, 500)
    t.equal(second.count, 500)
    t.same(ranks(second), expected, `${saved} saved`)
    t.same(ranks(second, 333), expected.slice(333), 'and again')
    second.close()
  }
  t.end()
})

t.test('gives back the disk space of ranks that are done with', t => {
  const keepIn = join(folder(t), 'kept')
  const shuffler = new Shuffler({ seed: 4, memory: 4000, keepIn })
  add(shuffler, 0, 640)
  const kept = shuffler.save()!
  const whole = ranks(shuffler)
  t.equal(readdirSync(keepIn).length, 64)
  shuffler.drop(320)
  const left = readdirSync(keepIn)
  t.ok(left.length >= 28 && left.length <= 36, `${left.length} of 64 files are left after half of the ranks`)
  t.equal(left.at(-1), 'bucket-63')
  const later = new Shuffler({ seed: 4, memory: 4000, keepIn, kept })
  t.same(ranks(later, 320), whole.slice(320), 'another process needs no more')
  later.drop(640)
  t.same(readdirSync(keepIn), [])
  later.close()
  shuffler.close()
  t.end()
})

t.test('a bucket that somebody has shortened is told', t => {
  const keepIn = join(folder(t), 'kept')
  const first = new Shuffler({ seed: 4, memory: 400, keepIn })
  add(first, 0, 200)
  const kept = first.save()!
  first.close()
  truncateSync(join(keepIn, 'bucket-07'), 3)
  const second = new Shuffler({ seed: 4, memory: 400, keepIn, kept })
  t.throws(() => ranks(second), { name: 'DataError', message: /bucket-07: was cut off by someone else$/ })
  second.close()
  t.end()
})

t.test('an entry larger than the memory, none, and empty ones', t => {
  const large = Buffer.alloc(3_000_000, 'large')
  for (const memory of [1, 100, 2 ** 22]) {
    const shuffler = new Shuffler({ seed: 1, memory })
    for (const bytes of [Buffer.of(), large, Buffer.of(1), Buffer.of(), large]) shuffler.add(bytes)
    const found = Array.from(shuffler.shuffled(), bytes => Uint8Array.from(bytes))
    t.same(found.map(({ length }) => length).sort(), [0, 0, 1, large.length, large.length].sort())
    t.ok(found.filter(({ length }) => length > 1).every(bytes => large.equals(bytes)))
    shuffler.close()
  }
  t.same(order(0, { seed: 1 }), [])
  t.end()
})

function folder(t: { teardown(after: () => void): unknown }): string {
  const path = mkdtempSync(join(tmpdir(), 'tiny-face-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
