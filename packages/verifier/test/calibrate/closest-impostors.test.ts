import { xoroshiro } from '@tiny-face/seeded-random'
import { test } from 'tap'
import { closestImpostors } from '../../src/calibrate/closest-impostors.js'
import type { LabelledFaces } from '../../src/faces/labelled-faces.js'
import { drawFaces } from './simulated-people.js'

const faces = drawFaces(
  { people: 60, images: uniform => 1 + Math.floor(40 * uniform()), nearness: [[0.2, 1]], likeness: 0.9 },
  5,
)

test('finds the closest pairs of two people that comparing all with all finds, over several blocks', async t => {
  t.ok(faces.length > 1024, 'more than a block of rows')
  const all = everyPair(faces)
  for (const count of [1, 7, 20_000]) {
    const found = await closestImpostors(faces, count)
    t.equal(found.length, count)
    for (const i of [0, count >> 1, count - 1]) {
      t.ok(Math.abs(found.distances[i]! - all[i]!.distance) < 1e-14, `${i} of ${count}`)
    }
    t.same(pairOf(found, 0), all[0]!.pair)
    t.same(pairOf(found, count - 1), all[count - 1]!.pair)
    t.ok(found.left.every((face, i) => faces.people[face] !== faces.people[found.right[i]!]))
  }
})

test('gives all pairs where there are fewer than are wanted, each once', async t => {
  const few = drawFaces({ people: 4, images: () => 3, nearness: [[0, 1]], likeness: 0.5 }, 1)
  const found = await closestImpostors(few, 1000)
  t.equal(found.length, 54)
  t.equal(new Set(Array.from(found.left, (left, i) => `${left} ${found.right[i]}`)).size, 54)
})

test('the closest is found though single precision cannot tell', async t => {
  // 300 people in nearly one place: all distances from some 1e-12 to 1e-9.
  const random = xoroshiro(8)
  const size = 32
  const templates = new Float64Array(300 * size)
  for (let row = 0; row < 300; row++) {
    const values = Array.from({ length: size }, (_, i) => Math.sin(i + 1) + 1e-5 * random.uniform())
    const long = Math.hypot(...values)
    templates.set(
      values.map(value => value / long),
      row * size,
    )
  }
  const people = Float64Array.from({ length: 300 }, (_, i) => i)
  const close = { length: 300, size, templates, people, flip: false, seen: 300 }
  const all = everyPair(close)
  const found = await closestImpostors(close, 40_000)
  t.ok(all.slice(0, 40_000).every(({ distance }, i) => Math.abs(distance / found.distances[i]! - 1) < 1e-6))
})

test('holds no more than it should where all pairs are equally close', async t => {
  const alike: LabelledFaces = {
    length: 2000,
    size: 2,
    templates: new Float64Array(4000).map((_, i) => (i % 2 === 0 ? 1 : 0)),
    people: Float64Array.from({ length: 2000 }, (_, i) => i),
    flip: false,
    seen: 2000,
  }
  const found = await closestImpostors(alike, 100)
  t.equal(found.length, 100)
  t.ok(found.distances.every(distance => distance === 0))
})

function everyPair({ length, size, templates, people }: LabelledFaces) {
  const pairs: { distance: number; pair: number[] }[] = []
  for (let i = 0; i < length; i++) {
    for (let j = i + 1; j < length; j++) {
      if (people[i] === people[j]) continue
      let distance = 0
      for (let k = 0; k < size; k++) distance += (templates[i * size + k]! - templates[j * size + k]!) ** 2
      pairs.push({ distance, pair: [i, j] })
    }
  }
  return pairs.sort((a, b) => a.distance - b.distance)
}

function pairOf({ left, right }: { left: Uint32Array; right: Uint32Array }, place: number): number[] {
  return [left[place]!, right[place]!].sort((a, b) => a - b)
}
