import t from 'tap'
import { sampleCentres, sampledClasses } from '../../src/partial-fc/sample-centres.js'

const LABELS = Int32Array.of(7, 3, 7, 99, 0, 41)

t.test('all of the batch take part, as many in each step, in order', async t => {
  for (const sampleRate of [0.05, 0.3, 0.5, 0.9, 1]) {
    const count = sampledClasses({ classes: 100, sampleRate, batchSize: LABELS.length })
    for (let step = 0; step < 20; step++) {
      const { rows, labels } = sampleCentres({ labels: LABELS, classes: 100, sampleRate, seed: 1, step })
      t.equal(rows.length, count)
      t.ok(rows.every((row, i) => row >= 0 && row < 100 && (i === 0 || row > rows[i - 1]!)))
      t.strictSame(
        labels.map(place => rows[place]!),
        LABELS,
      )
    }
  }
})

t.test('how many take part', async t => {
  t.equal(sampledClasses({ classes: 1000, sampleRate: 0.1, batchSize: 64 }), 100)
  t.equal(sampledClasses({ classes: 1001, sampleRate: 0.1, batchSize: 64 }), 101, 'rounded up')
  t.equal(sampledClasses({ classes: 1000, sampleRate: 0.01, batchSize: 64 }), 64, 'room for a batch of 64 identities')
  t.equal(sampledClasses({ classes: 10, sampleRate: 0.5, batchSize: 64 }), 10, 'never more than there are')
  t.equal(sampledClasses({ classes: 10, sampleRate: 1, batchSize: 4 }), 10)
})

t.test('a function of seed and step', async t => {
  const rowsOf = (seed: number, step: number) =>
    sampleCentres({ labels: LABELS, classes: 1000, sampleRate: 0.1, seed, step }).rows
  t.strictSame(rowsOf(1, 5), rowsOf(1, 5))
  t.notSame(rowsOf(1, 5), rowsOf(1, 6))
  t.notSame(rowsOf(1, 5), rowsOf(2, 5))
})

for (const sampleRate of [0.2, 0.8]) {
  t.test(`the others are drawn uniformly, at a rate of ${sampleRate}`, async t => {
    const [classes, steps] = [100, 4000]
    const taken = new Float64Array(classes)
    for (let step = 0; step < steps; step++)
      for (const row of sampleCentres({ labels: LABELS, classes, sampleRate, seed: 3, step }).rows) taken[row]!++
    const own = new Set(LABELS)
    for (const label of own) t.equal(taken[label], steps)
    const others = [...taken.keys()].filter(identity => !own.has(identity))
    const share = (sampleRate * classes - own.size) / others.length
    // Chi-square of draws without replacement: those not taken count as well.
    const expected = steps * share
    const sum = others.reduce((sum, identity) => sum + (taken[identity]! - expected) ** 2, 0)
    const chiSquare = ((sum / (expected * (1 - share))) * (others.length - 1)) / others.length
    const freedom = others.length - 1
    const off = (chiSquare - freedom) / Math.sqrt(2 * freedom)
    t.ok(Math.abs(off) < 4, `${chiSquare} with ${freedom} degrees of freedom`)
  })
}

t.test('a million identities', async t => {
  const labels = Int32Array.from({ length: 64 }, (_, i) => 15_625 * i)
  const { rows, labels: places } = sampleCentres({ labels, classes: 1_000_000, sampleRate: 0.01, seed: 1, step: 1 })
  t.equal(new Set(rows).size, 10_000)
  t.strictSame(
    places.map(place => rows[place]!),
    labels,
  )
})
