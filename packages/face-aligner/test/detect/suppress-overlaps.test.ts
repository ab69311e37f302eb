import t from 'tap'
import {
  overlapOfSmaller,
  overlapOfUnion,
  type Proposal,
  suppressOverlaps,
} from '../../src/detect/suppress-overlaps.js'

const box = (left: number, top: number, right: number, bottom: number, score = 0.5): Proposal => {
  return { left, top, right, bottom, score }
}

t.test('overlaps of boxes whose last pixels belong to them', async t => {
  const [whole, half, apart] = [box(1, 1, 4, 4), box(1, 1, 4, 2), box(5, 1, 8, 4)]
  t.equal(overlapOfUnion(whole, whole), 1)
  t.equal(overlapOfUnion(whole, half), 0.5)
  t.equal(overlapOfUnion(whole, box(3, 3, 6, 6)), 4 / 28)
  t.equal(overlapOfUnion(whole, apart), 0)
  t.equal(overlapOfSmaller(whole, half), 1)
  t.equal(overlapOfSmaller(half, whole), 1)
  t.equal(overlapOfSmaller(whole, box(3, 3, 6, 6)), 0.25)
  t.equal(overlapOfSmaller(whole, box(9, 9, 2, 2)), 0)
})

t.test('the best of boxes that overlap is left, and what overlaps by no more than the threshold', async t => {
  const best = box(0, 0, 9, 9, 0.9)
  const near = box(1, 0, 10, 9, 0.8)
  const far = box(20, 0, 29, 9, 0.95)
  // Overlaps with near, which is not left, and little with best.
  const beside = box(6, 0, 15, 9, 0.7)
  t.same(suppressOverlaps([near, best, beside, far], 0.4, overlapOfUnion), [far, best, beside])
  t.same(suppressOverlaps([near, best], overlapOfUnion(near, best), overlapOfUnion), [best, near], 'just as much')
  t.same(suppressOverlaps([], 0.4, overlapOfUnion), [])
})

t.test('of equal scores the first is left', async t => {
  const [one, other] = [box(0, 0, 9, 9), box(1, 0, 10, 9)]
  t.same(suppressOverlaps([one, other], 0.4, overlapOfUnion), [one])
  t.same(suppressOverlaps([other, one], 0.4, overlapOfUnion), [other])
})
