import { test } from 'tap'
import { enrolFaces, lookAlikes } from '../../src/index.js'
import { facesOf, galleryOf } from '../faces.js'

test('a newcomer who looks like another person is told, once for two people', async t => {
  const faces = facesOf(4, 3, { noise: 0.1 })
  const of = (person: number) => faces.filter((_, i) => i % 4 === person)
  const before = galleryOf([...of(0), ...of(1), ...of(2)])
  const newcomers = [
    ...of(0).map((face, i) => ({ ...face, person: 'again', id: `again ${i}` })),
    ...of(3),
    ...of(1).map((face, i) => ({ ...face, id: `more ${i}` })),
  ]
  const { gallery, added } = enrolFaces(before, newcomers)
  const compared: number[] = []
  const [pair, ...others] = await lookAlikes(gallery, gallery.length - added, 0.9, count => compared.push(count))
  t.same(others, [])
  t.match(pair, { person: 'again', other: 'person 0' })
  t.ok(Math.abs(pair!.similarity - 1) < 1e-6)
  t.equal(of(0)[Number(pair!.id.slice(-1))]!.id, pair!.otherId)
  t.same(compared, [9])
  t.same(await lookAlikes(before, 0, 0.9), [], 'people who are two')
  t.equal(
    (await lookAlikes(galleryOf([...of(0), ...of(1)]), 0, -1)).length,
    1,
    'though each of six faces looks like the other person',
  )
  t.same(await lookAlikes(galleryOf(of(0)), 0, -1), [], 'one person alone')
})
