import { test } from 'tap'
import { calibrate, smallestFar } from '../../src/calibrate/calibrate.js'
import { evenFaces } from '../../src/calibrate/even-faces.js'
import type { LabelledFaces } from '../../src/faces/labelled-faces.js'
import { drawFaces, type Population } from './simulated-people.js'

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

test('leaves out images of those who have many, as few as the rate needs', async t => {
  // Ten images of each of 40 people, 400 of one more: half of all.
  const sizes = [400, ...new Array(40).fill(10)]
  const faces = drawFaces({ ...CROWD, people: 41, images: () => sizes.shift() }, 1)
  await t.rejects(calibrate(faces, 0.01), { message: /worth \d\d pairs/ })
  const even = evenFaces(faces, 0.01)
  const most = (set: LabelledFaces) =>
    Math.max(...Array.from({ length: 41 }, (_, i) => set.people.filter(p => p === i).length))
  // Pairs of people are worth half of 820, and would not be with one image more.
  const worth = (of: number) => 3 / smallestFar([of, ...new Array(40).fill(10)])
  t.ok(worth(most(even)) >= 410 && worth(most(even) + 1) < 410, `${most(even)} of the one`)
  t.equal(even.length, 400 + most(even))
  const calibration = await calibrate(even, 0.01)
  t.match(calibration, { faces: even.length, facesSeen: 800, people: 41, smallestFar: 3 / 820 })
  t.notSame(evenFaces(faces, 0.01, 2).templates, even.templates)
  t.same(evenFaces(faces, 0.01, 1), even)
  t.ok(most(evenFaces(faces, 3 / 700)) < most(even), 'fewer, where pairs of people must be worth more')
  const alike = drawFaces(CROWD, 1)
  t.equal(evenFaces(alike, 0.01), alike, 'all, where all have as many')
  t.equal(evenFaces(faces, 1e-4).length, 41, 'one each, where nothing will do')
  even.people.forEach((person, row) => {
    const template = even.templates.slice(row * even.size, (row + 1) * even.size)
    const at = faces.people.findIndex((_, i) =>
      template.every((value, k) => value === faces.templates[i * faces.size + k]),
    )
    if (faces.people[at] !== person) t.fail(`row ${row} is of ${faces.people[at]}, not ${person}`)
  })
})
