import { shuffledOrder, xoroshiro } from '@tiny-face/seeded-random'
import { type LabelledFaces, selectFaces } from '../faces/labelled-faces.js'
import { smallestFar } from './calibrate.js'

/**
 * The faces, fewer of those people who have many more than others: else most pairs would be theirs, and the false accept rate that of
 * a few people. Taken are as many of each as leave pairs of people at least half of what they would be worth if all had as many, and
 * worth enough for the rate. Which images are left out is decided by the seed.
 *
 * @param far the rate that is wanted; where no number of images supports it, one of each person is taken
 */
export function evenFaces(faces: LabelledFaces, far: number, seed = 1): LabelledFaces {
  const counts = new Map<number, number>()
  for (const person of faces.people) counts.set(person, (counts.get(person) ?? 0) + 1)
  const all = [...counts.values()]
  const wanted = Math.min(far, 2 * smallestFar(all.map(() => 1)))
  let most = Math.max(...all)
  while (most > 1 && smallestFar(all.map(count => Math.min(count, most))) > wanted) most--
  const taken = new Map<number, number>()
  const order = shuffledOrder(faces.length, xoroshiro(seed))
  const rows = order.filter(row => {
    const person = faces.people[row]!
    const before = taken.get(person) ?? 0
    taken.set(person, before + 1)
    return before < most
  })
  return rows.length === faces.length ? faces : selectFaces(faces, [...rows.sort()])
}
