import { test } from 'tap'
import { detCurve, rateAtFar } from '../../src/roc/exact-rates.js'
import { exactRoc } from '../../src/roc/exact-roc.js'
import { columnsOf } from '../pairs.js'

const roc = (same: number[], different: number[]) =>
  exactRoc(
    columnsOf([
      ...same.map(distance => ({ same: true, distance })),
      ...different.map(distance => ({ same: false, distance })),
    ]),
  )
const tenth = (count: number) => Array.from({ length: count }, (_, i) => 1 + i / 10)

test('as many false accepts as the rate allows, and the threshold at the first that must not be', async t => {
  const curve = roc([0.5, 1.05, 1.15, 1.2, 3], tenth(10))
  t.strictSame(rateAtFar(curve, 0.2), { threshold: 1.2, falseAccepts: 2, fmr: 0.2, tar: 0.6, fnmr: 0.4 })
  t.strictSame(rateAtFar(curve, 0.29), rateAtFar(curve, 0.2))
  t.strictSame(rateAtFar(curve, 1e-6), { threshold: 1, falseAccepts: 0, fmr: 0, tar: 0.2, fnmr: 0.8 })
})

test('a rate that 0.1, 0.29 and 1/3 cannot hold exactly is met all the same', async t => {
  for (const total of [3, 7, 10, 30, 70, 100, 3000, 9000, 70_000]) {
    for (const far of [0.1, 0.01, 0.001, 1 / 3, 0.29]) {
      const { falseAccepts } = rateAtFar(roc([0], tenth(total)), far)
      t.ok(falseAccepts / total <= far, `${far} of ${total}`)
      t.ok((falseAccepts + 1) / total > far, `${far} of ${total}`)
    }
  }
})

test('pairs at one distance are accepted together or not at all', async t => {
  const curve = roc([1.1, 1.1, 1.2], [1, 1.1, 1.1, 1.1, 2])
  t.match(rateAtFar(curve, 0.6), { threshold: 1.1, falseAccepts: 1, fmr: 0.2, tar: 0 })
  t.match(rateAtFar(curve, 0.8), { threshold: 2, falseAccepts: 4, fmr: 0.8, tar: 1 })
})

test('a DET curve has ten points in a tenfold, down to one false accept', async t => {
  const det = detCurve(roc(tenth(50), tenth(1000)))
  t.equal(det.length, 30)
  t.equal(det[0]!.fmr, 0.001)
  t.equal(det[10]!.fmr, 0.01)
  t.ok(det.every(({ fmr, fnmr }, i) => i === 0 || (fmr >= det[i - 1]!.fmr && fnmr <= det[i - 1]!.fnmr)))
  t.strictSame(detCurve(roc([1], [2])), [])
})
