import fc from 'fast-check'
import { test } from 'tap'
import { ClosestPeople } from '../../src/search/closest-people.js'

test('the most alike people, as sorting all faces finds them; of equals the first', async t => {
  const face = fc.record({ person: fc.nat(5), similarity: fc.nat(6).map(n => n / 6) })
  fc.assert(
    fc.property(fc.array(face, { maxLength: 30 }), fc.integer({ min: 1, max: 4 }), (faces, top) => {
      const closest = new ClosestPeople(top)
      for (const [i, { person, similarity }] of faces.entries()) closest.offer(i, person, similarity)
      const sorted = faces
        .map((face, i) => ({ face: i, ...face }))
        .sort((a, b) => b.similarity - a.similarity || a.face - b.face)
      const people = sorted.filter((face, i) => sorted.findIndex(({ person }) => person === face.person) === i)
      return JSON.stringify(closest.found.map(key)) === JSON.stringify(people.slice(0, top).map(key))
    }),
  )
  const closest = new ClosestPeople(2)
  closest.offer(0, 0, Number.NaN)
  t.same(closest.found, [])
})

function key({ face, person, similarity }: { face: number; person: number; similarity: number }) {
  return [face, person, similarity]
}
