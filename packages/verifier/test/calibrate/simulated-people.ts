import { xoroshiro } from '@tiny-face/seeded-random'
import type { LabelledFaces } from '../../src/faces/labelled-faces.js'

/** Dimensions of the sphere that people lie on. */
const DIMENSIONS = 13

/** People of whom the true false accept rate at any threshold is known. */
export interface Population {
  /** How many people a set is drawn of. */
  people: number
  /** How many images the next person has. */
  images: (uniform: () => number) => number
  /** How near to the mean face people are, 0 to 1, and what share of them: those near to it are taken for each other, the wolves. */
  nearness: readonly (readonly [nearness: number, share: number])[]
  /** How alike the images of one person are, 0 to 1. */
  likeness: number
}

/**
 * A set of faces of people.
 *
 * A person has a nearness a to the mean face m and a direction z, uniform on the sphere at right angles to m. An image is
 * `a m + sqrt(1 - a²) w` with w = z and noise, scaled to length 1: w of every image, seen alone, is uniform on the sphere again. So the
 * cosine of images of two people is `a b + sqrt(1 - a²) sqrt(1 - b²) x`, with x the cosine of two directions that are independent and
 * uniform, whose distribution is known; yet images of one person are alike, and pairs with a wolf are close together.
 */
export function drawFaces(population: Population, seed: number): LabelledFaces {
  const random = xoroshiro(seed)
  const uniform = () => random.uniform()
  const size = DIMENSIONS + 1
  const rows: number[] = []
  const people: number[] = []
  for (let person = 0; person < population.people; person++) {
    const a = drawn(population.nearness, uniform())
    const z = direction(uniform)
    for (let image = population.images(uniform); image > 0; image--) {
      const noise = direction(uniform)
      const { likeness } = population
      const w = scaled(z.map((value, i) => likeness * value + Math.sqrt(1 - likeness ** 2) * noise[i]!))
      rows.push(a, ...w.map(value => Math.sqrt(1 - a * a) * value))
      people.push(person)
    }
  }
  const length = people.length
  return {
    length,
    size,
    templates: Float64Array.from(rows),
    people: Float64Array.from(people),
    flip: false,
    seen: length,
  }
}

/** The true false accept rate at a threshold: the probability that images of two people are closer than that. */
export function trueRate({ nearness }: Population, threshold: number): number {
  const cosine = 1 - threshold / 2
  let rate = 0
  for (const [a, shareOfA] of nearness) {
    for (const [b, shareOfB] of nearness) {
      rate += shareOfA * shareOfB * probabilityAbove((cosine - a * b) / Math.sqrt((1 - a * a) * (1 - b * b)))
    }
  }
  return rate
}

/** The probability that the cosine of two directions exceeds x: its density is proportional to (1 - x²)^((d - 3) / 2), here ^5. */
function probabilityAbove(x: number): number {
  const integral = (y: number) =>
    y - (5 * y ** 3) / 3 + 2 * y ** 5 - (10 * y ** 7) / 7 + (5 * y ** 9) / 9 - y ** 11 / 11
  if (x <= -1) return 1
  return x >= 1 ? 0 : (integral(1) - integral(x)) / (2 * integral(1))
}

function drawn(shares: Population['nearness'], uniform: number): number {
  let left = uniform
  for (const [value, share] of shares) {
    if (left < share) return value
    left -= share
  }
  return shares.at(-1)![0]
}

/** Uniform on the sphere: normal numbers (Box and Muller), scaled to length 1. */
function direction(uniform: () => number): number[] {
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  return scaled(Array.from({ length: DIMENSIONS }, normal))
}

function scaled(values: readonly number[]): number[] {
  const length = Math.hypot(...values)
  return values.map(value => value / length)
}
