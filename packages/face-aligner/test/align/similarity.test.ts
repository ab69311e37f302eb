import { test } from 'tap'
import { estimateSimilarity, scaleOf } from '../../src/align/similarity.js'
import type { Point } from '../../src/detect/face-detector.js'
import { differencesOf, readCases } from './insightface-cases.js'

const face: Point[] = [
  [10, 20],
  [45, 19],
  [28, 40],
  [14, 60],
  [42, 61],
]

test('the matrices are those of insightface and skimage', async t => {
  for (const [i, sample] of readCases(new URL('insightface-cases.jsonl', import.meta.url)).entries()) {
    const { matrix } = differencesOf(sample)
    t.ok(matrix < 1e-9, `case ${i}: ${matrix} away`)
  }
})

test('a face that was scaled, turned and moved is brought back', async t => {
  const [a, b, x0, y0] = [0.3, -1.2, 7, -500]
  const moved = face.map(([x, y]): Point => [a * x - b * y + x0, b * x + a * y + y0])
  const found = estimateSimilarity(face, moved)
  for (const [name, wanted] of Object.entries({ a, b, x0, y0 })) {
    t.ok(Math.abs(found[name as 'a'] - wanted) < 1e-4, `${name} is ${wanted}`)
  }
  t.ok(Math.abs(scaleOf(found) - Math.hypot(a, b)) < 1e-6)
})

test('what no similarity brings together is as close as can be: a face seen in a mirror is not mirrored', async t => {
  const mirrored = face.map(([x, y]): Point => [-x, y])
  const { a, b, x0, y0 } = estimateSimilarity(face, mirrored)
  const distance = (scale: number, turn: number) => {
    const [p, q] = [scale * Math.cos(turn), scale * Math.sin(turn)]
    return face.reduce((sum, [x, y], i) => {
      const [u, v] = mirrored[i]!
      return sum + (p * x - q * y + x0 - u) ** 2 + (q * x + p * y + y0 - v) ** 2
    }, 0)
  }
  const best = distance(Math.hypot(a, b), Math.atan2(b, a))
  for (const [scale, turn] of [
    [1.01, 0],
    [0.99, 0],
    [1, 0.01],
    [1, -0.01],
  ] as const) {
    t.ok(distance(Math.hypot(a, b) * scale, Math.atan2(b, a) + turn) > best)
  }
})

test('points in one place, and points that are no numbers, are an error', async t => {
  const expected = { message: /^expected points of a face, found / }
  t.throws(() => estimateSimilarity(Array(5).fill([3, 4]), face), expected)
  t.throws(() => estimateSimilarity([[Number.NaN, 1], ...face.slice(1)], face), expected)
  t.throws(() => estimateSimilarity([[Number.POSITIVE_INFINITY, 1], ...face.slice(1)], face), expected)
})
