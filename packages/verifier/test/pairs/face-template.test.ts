import { test } from 'tap'
import { euclideanNorm, faceTemplate } from '../../src/pairs/face-template.js'
import { cosineOf, squaredDistance } from '../../src/pairs/squared-distance.js'
import { pairwiseSum } from '../../src/pairwise-sum.js'

test('scales to length 1', async t => {
  t.strictSame(faceTemplate([3, 4]), Float64Array.of(0.6, 0.8))
})

test('adds the mirror image before it scales', async t => {
  t.strictSame(faceTemplate([1, 5], [2, -1]), Float64Array.of(0.6, 0.8))
})

test('works in double precision, where single would overflow or lose the small part', async t => {
  t.strictSame(faceTemplate(Float32Array.of(3e38, 0), Float32Array.of(3e38, 0)), Float64Array.of(1, 0))
  const sum = faceTemplate(Float32Array.of(2 ** 24, 0), Float32Array.of(1, 0))
  t.equal(sum[0], 1)
  t.equal(euclideanNorm(Float32Array.of(2 ** 25, 1)) > 2 ** 25, true)
})

test('changes nothing of what it was given', async t => {
  const embedding = Float32Array.of(3, 4)
  faceTemplate(embedding, Float32Array.of(1, 1))
  t.strictSame(embedding, Float32Array.of(3, 4))
})

test('the distance adds squares in the order of pairwiseSum', async t => {
  const wave = (length: number, phase: number) => Float64Array.from({ length }, (_, i) => Math.sin(i * i + phase))
  for (const length of [1, 7, 8, 9, 15, 16, 127, 128, 129, 137, 255, 257, 512, 1000]) {
    const [a, b] = [wave(length, 1), wave(length, 2)]
    const squares = a.map((value, i) => (value - b[i]!) ** 2)
    t.equal(squaredDistance(a, b), pairwiseSum(squares), String(length))
  }
})

test('the distance is the square, 0 to 4, and stands for a cosine', async t => {
  const [right, up, left] = [Float64Array.of(1, 0), Float64Array.of(0, 1), Float64Array.of(-1, 0)]
  t.equal(squaredDistance(right, right), 0)
  t.equal(squaredDistance(right, up), 2)
  t.equal(squaredDistance(right, left), 4)
  t.strictSame([0, 2, 4].map(cosineOf), [1, 0, -1])
})
