// How often face-calibrate's intervals hold the truth: sets of faces of people whose true false accept rate at any threshold is known.
//
//   node --import=tsx tools/simulate-calibration.ts [SETS=1000]
//
// A line for each kind of set: in how many of them the true rate lies in its interval, and the true threshold in its own. Of 1,000 sets,
// 95% come out as 93.6% to 96.4% by chance (two deviations).
import { calibrate, evenFaces, smallestFar } from '@tiny-face/verifier'
import { drawFaces, type Population, trueRate } from '../packages/verifier/test/calibrate/simulated-people.js'

const sets = Number(process.argv[2] ?? 1000)
/** Nobody is nearer to the mean face than others; some are, as in any crowd; one in ten is taken for the others of that tenth. */
const CROWDS = {
  'all alike': [[0, 1]],
  mixed: [
    [0.1, 0.5],
    [0.3, 0.4],
    [0.45, 0.1],
  ],
  wolves: [
    [0, 0.9],
    [0.6, 0.1],
  ],
} as const
const SIZES: [people: number, images: string, draw: Population['images']][] = [
  [15, '8', () => 8],
  [20, '20', () => 20],
  [50, '1', () => 1],
  [50, '5', () => 5],
  [50, '1 to 20', uniform => 1 + Math.floor(20 * uniform() ** 3)],
  [150, '4', () => 4],
  [400, '1', () => 1],
]
console.log('crowd      people  images   FAR      true rate within  below  above   true threshold within')
for (const [crowd, nearness] of Object.entries(CROWDS)) {
  for (const [people, images, draw] of SIZES) {
    const population: Population = { people, images: draw, nearness, likeness: 0.85 }
    const smallest = smallestFar(Array.from({ length: people }, () => 1))
    const finest = 1.01 * smallest
    for (const far of [finest, 4 * finest].filter(far => far <= 0.1)) await row(crowd, images, population, far)
  }
}

async function row(crowd: string, images: string, population: Population, far: number): Promise<void> {
  const seen = { below: 0, above: 0, threshold: 0 }
  for (let set = 0; set < sets; set++) {
    const faces = evenFaces(drawFaces(population, set + 1), far, set + 1)
    const { threshold, farInterval, thresholdInterval } = await calibrate(faces, far)
    const truth = trueRate(population, threshold)
    if (truth < farInterval[0]) seen.below++
    if (truth > farInterval[1]) seen.above++
    const [low, high] = thresholdInterval.map(bound => trueRate(population, bound)) as [number, number]
    if (low <= far && far <= high) seen.threshold++
  }
  const percent = (count: number) => `${((100 * count) / sets).toFixed(1)}%`
  console.log(
    [
      crowd.padEnd(10),
      String(population.people).padEnd(7),
      images.padEnd(8),
      far.toExponential(1).padEnd(8),
      percent(sets - seen.below - seen.above).padEnd(17),
      percent(seen.below).padEnd(6),
      percent(seen.above).padEnd(7),
      percent(seen.threshold),
    ].join(' '),
  )
}
