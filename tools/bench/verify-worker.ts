// Ours of the rows of verification, in a process of its own, so that the peak of its memory is its own:
//   verify-worker.ts figures PAIRS SIZE ROUNDS    all figures of the folds, of embeddings
//   verify-worker.ts roc PAIRS ROUNDS             the exact ROC and its figures, of distances
//   verify-worker.ts bootstrap PAIRS SAMPLES ROUNDS
// One line of JSON a round: {seconds, peak}.
import { mersenneTwister } from '@tiny-face/seeded-random'
import {
  bootstrapIntervals,
  exactAreaUnderCurve,
  exactEqualErrorRate,
  exactRoc,
  FARS,
  PairColumns,
  rateAtFar,
  squaredDistance,
  verify,
} from '@tiny-face/verifier'

const random = mersenneTwister(1)
const normal = () => Math.sqrt(-2 * Math.log(1 - random.uniform())) * Math.cos(2 * Math.PI * random.uniform())

function templates(pairs: number, size: number): [Float64Array, Float64Array][] {
  const scaled = (values: Float64Array) => {
    const length = Math.hypot(...values)
    return values.map(value => value / length)
  }
  return Array.from({ length: pairs }, (_, pair) => {
    const left = Float64Array.from({ length: size }, normal)
    const right = pair % 2 === 0 ? left.map(value => value + 0.8 * normal()) : left.map(() => normal())
    return [scaled(left), scaled(right)]
  })
}

/** What is timed: from the templates of both sides on, as insightface's `evaluate` is. */
function figures(sides: [Float64Array, Float64Array][]): void {
  const columns = new PairColumns()
  for (const [index, [left, right]] of sides.entries())
    columns.add({ index, same: index % 2 === 0, distance: squaredDistance(left, right) })
  verify(columns.finish({ flip: false, meanNorm: 1 }))
}

function distances(pairs: number) {
  const columns = new PairColumns()
  for (let index = 0; index < pairs; index++) {
    const same = index % 2 === 0
    columns.add({ index, same, distance: Math.abs((same ? 0.7 : 1.4) + 0.2 * normal()) })
  }
  return columns.finish({ flip: false, meanNorm: 1 })
}

function* works(): Generator<() => void> {
  const [what, ...counts] = process.argv.slice(2)
  const [pairs, second, third] = counts.map(Number) as [number, number, number]
  if (what === 'figures') {
    const sides = templates(pairs, second)
    for (let round = 0; round < third; round++) yield () => figures(sides)
  } else if (what === 'roc') {
    const measured = distances(pairs)
    for (let round = 0; round < second; round++) {
      yield () => {
        const roc = exactRoc(measured)
        exactAreaUnderCurve(roc)
        exactEqualErrorRate(roc)
        for (const far of FARS) rateAtFar(roc, Number(far))
      }
    }
  } else {
    const measured = distances(pairs)
    const right = new Uint8Array(pairs).fill(1)
    for (let round = 0; round < third; round++) {
      yield () => bootstrapIntervals(measured, right, FARS.map(Number), { seed: round, samples: second })
    }
  }
}

for (const work of works()) {
  const started = performance.now()
  work()
  const seconds = (performance.now() - started) / 1000
  console.log(JSON.stringify({ seconds, peak: process.resourceUsage().maxRSS * 1024 }))
}
