import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { calibrate, facesFor, smallestFar } from '../../src/calibrate/calibrate.js'
import type { LabelledFaces } from '../../src/faces/labelled-faces.js'
import { drawFaces, type Population, trueRate } from './simulated-people.js'

const CROWD: Population = {
  people: 50,
  images: () => 4,
  nearness: [
    [0.1, 0.5],
    [0.3, 0.4],
    [0.45, 0.1],
  ],
  likeness: 0.85,
}

test('the threshold accepts just as many pairs of two people as the rate says', async t => {
  const faces = drawFaces(CROWD, 3)
  const distances = impostorDistances(faces)
  const calibration = await calibrate(faces, 0.01)
  t.equal(calibration.impostorPairs, distances.length)
  t.equal(calibration.impostorPairs, (200 * 196) / 2)
  t.equal(calibration.falseAccepts, distances.filter(distance => distance < calibration.threshold).length)
  // 196 of 19,600: the 196th closest pair is the first that is not accepted.
  t.ok(Math.abs(calibration.threshold - distances[195]!) < 1e-13)
  t.equal(calibration.falseAccepts, 195)
  t.equal(calibration.cosine, 1 - calibration.threshold / 2)
  t.match(calibration, { far: 0.01, people: 50, faces: 200, facesSeen: 200, embeddingSize: 14, flip: false })
})

test('the intervals hold the true rate and the true threshold in 95% of sets, though pairs share people', async t => {
  // 300 sets: 95% ± 3.6 come out by chance in 99.6% of draws; without regard to people it would be 60%. tools/simulate-calibration.ts
  // has 1,000 of each of many kinds.
  const sets = 300
  let [rates, thresholds] = [0, 0]
  for (let set = 0; set < sets; set++) {
    const { threshold, farInterval, thresholdInterval } = await calibrate(drawFaces(CROWD, set + 1), 0.01)
    const rate = trueRate(CROWD, threshold)
    if (farInterval[0] <= rate && rate <= farInterval[1]) rates++
    const [low, high] = thresholdInterval.map(bound => trueRate(CROWD, bound))
    if (low! <= 0.01 && 0.01 <= high!) thresholds++
  }
  t.ok(rates >= 0.92 * sets && rates <= 0.98 * sets, `rate in ${rates} of ${sets}`)
  t.ok(thresholds >= 0.92 * sets && thresholds <= 0.99 * sets, `threshold in ${thresholds} of ${sets}`)
})

test('the simulated rates are true: as many pairs of a large set are accepted', async t => {
  const faces = drawFaces({ ...CROWD, people: 1500, images: () => 1 }, 9)
  const distances = impostorDistances(faces)
  for (const threshold of [0.6, 1, 1.5, 2]) {
    const share = distances.filter(distance => distance < threshold).length / distances.length
    const rate = trueRate(CROWD, threshold)
    t.ok(Math.abs(share - rate) < 0.05 * rate + 1e-5, `${threshold}: ${share}, ${rate}`)
  }
})

test('so many people support so small a rate', async t => {
  t.equal(smallestFar([1, 1, 1]), 1)
  t.equal(smallestFar(new Array(20).fill(7)), 3 / 190)
  // One person with nearly all images: hardly more than the pairs of that person with the others.
  t.ok(smallestFar([100, 1, 1, 1, 1]) > 3 / 4.2)
  const faces = drawFaces({ ...CROWD, people: 20 }, 1)
  await t.resolves(calibrate(faces, 0.016))
  await t.rejects(
    calibrate(faces, 0.015),
    new DataError({
      expected: 'at least 200 pairs of people (21 people) for a false accept rate of 0.015',
      found: '20 people who are worth 190 pairs and support none below 1.6e-2',
    }),
  )
  await t.rejects(calibrate(drawFaces({ ...CROWD, people: 3 }, 1), 0.1), { message: /support none up to 0\.1$/ })
  await t.rejects(
    calibrate(drawFaces({ ...CROWD, people: 1 }, 1), 0.1),
    new DataError({ expected: 'faces of several people', found: 'of one only' }),
  )
})

test('refuses faces that no threshold parts', async t => {
  const faces = drawFaces(CROWD, 1)
  faces.templates.forEach((_, i) => {
    faces.templates[i] = i % faces.size === 0 ? 1 : 0
  })
  await t.rejects(calibrate(faces, 0.01), {
    name: 'DataError',
    message: /196 pairs of two people have the very same embedding/,
  })
})

test('large rates compare fewer faces, so that what is kept stays bounded', async t => {
  t.equal(facesFor(1e-5), 32768)
  t.equal(facesFor(0.1), 4096)
})

function impostorDistances({ length, size, templates, people }: LabelledFaces): number[] {
  const distances: number[] = []
  for (let i = 0; i < length; i++) {
    for (let j = i + 1; j < length; j++) {
      if (people[i] === people[j]) continue
      let cosine = 0
      for (let k = 0; k < size; k++) cosine += templates[i * size + k]! * templates[j * size + k]!
      distances.push(2 - 2 * cosine)
    }
  }
  return distances.sort((a, b) => a - b)
}
