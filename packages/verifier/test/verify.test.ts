import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { measurePairs } from '../src/pairs/measure-pairs.js'
import { verify } from '../src/verify.js'
import { goldenPairs } from './golden.js'
import { columnsOf, listOf, measuredPairs, scatteredPairs } from './pairs.js'
import { slowVerify } from './slow-verify.js'

const real = goldenPairs()

test('the figures of insightface on 600 real pairs, with mirror images', { skip: real === undefined }, async t => {
  const { golden, records } = real!
  const verification = verify(measurePairs(records({ flip: true })))
  const figures = golden.flip
  t.equal(verification.pairs, golden.pairs)
  t.equal(verification.same, golden.same)
  t.equal(verification.flip, true)
  t.equal(verification.accuracy.mean, figures.accuracy_mean)
  t.equal(verification.accuracy.std, figures.accuracy_std)
  t.strictSame(
    verification.folds.map(fold => fold.accuracy),
    figures.fold_accuracy,
  )
  t.strictSame(
    verification.folds.map(fold => fold.threshold),
    figures.fold_threshold,
  )
  const tar = verification.tar['1e-3']
  t.equal(tar.mean, figures.val_mean)
  t.equal(tar.std, figures.val_std)
  t.equal(tar.far, figures.far_mean)
  const rounded = tar.thresholds.map(threshold => Number(threshold.toFixed(6)))
  t.strictSame(rounded, figures.val_fold_threshold_scipy)
  t.equal(verification.auc, figures.auc_mean_roc)
  t.equal(verification.aucExact, figures.auc_exact_all_pairs)
  t.ok(Math.abs(verification.eer - figures.eer_mean_roc) < 1e-9)
  t.ok(Math.abs(verification.xnorm - golden.xnorm) < 1e-12)
})

test('the figures of insightface on 600 real pairs, without mirror images', { skip: real === undefined }, async t => {
  const { golden, records } = real!
  const verification = verify(measurePairs(records({ flip: false })))
  t.equal(verification.flip, false)
  t.equal(verification.accuracy.mean, golden.noflip.accuracy_mean)
  t.equal(verification.accuracy.std, golden.noflip.accuracy_std)
  t.equal(verification.tar['1e-3'].mean, golden.noflip.val_mean)
  t.equal(verification.tar['1e-3'].std, golden.noflip.val_std)
  t.equal(verification.tar['1e-3'].far, golden.noflip.far_mean)
})

test('agrees with the protocol followed step by step, on sets of odd sizes with ties and gaps', async t => {
  for (const count of [10, 11, 37, 203, 404]) {
    const pairs = scatteredPairs(count, count)
    const { folds, accuracy, tar, auc, aucExact } = verify(pairs)
    const slow = slowVerify(listOf(pairs))
    t.strictSame(
      folds.map(fold => fold.accuracy),
      slow.accuracies,
      `accuracies of ${count}`,
    )
    t.strictSame(
      folds.map(fold => fold.threshold),
      slow.thresholds,
      `thresholds of ${count}`,
    )
    for (const far of ['1e-1', '1e-2', '1e-3', '1e-4'] as const) {
      t.strictSame(tar[far].thresholds.map(digits), slow.tar(Number(far)).thresholds.map(digits), `${far} of ${count}`)
      t.equal(digits(tar[far].mean), digits(slow.tar(Number(far)).mean), `TAR at ${far} of ${count}`)
    }
    t.equal(digits(accuracy.mean), digits(slow.accuracy))
    t.equal(digits(auc), digits(slow.auc))
    t.equal(digits(aucExact), digits(slow.aucExact))
  }
})

test('a perfect network, and one that knows nothing', async t => {
  const apart = verify(measuredPairs(20, i => ({ same: i % 2 === 0, distance: i % 2 === 0 ? 0.5 : 1.5 })))
  t.equal(apart.accuracy.mean, 1)
  t.equal(apart.folds[0]?.threshold, 0.51, 'the first threshold above every same pair')
  t.equal(apart.aucExact, 1)
  t.equal(apart.eer, 0)
  const alike = verify(measuredPairs(20, i => ({ same: i % 2 === 0, distance: 1 })))
  t.equal(alike.accuracy.mean, 0.5)
  t.equal(alike.aucExact, 0.5)
  t.equal(alike.eer, 0.5)
})

test('counts the pairs that a set has lost', async t => {
  const pairs = measuredPairs(20, i => ({ same: i % 2 === 0, distance: 1 }))
  t.equal(verify(pairs).missing, 0)
  t.equal(verify(columnsOf(listOf(pairs).filter(pair => pair.index !== 4 && pair.index !== 5))).missing, 2)
})

test('refuses sets that the protocol says nothing of', async t => {
  const nine = measuredPairs(9, i => ({ same: i % 2 === 0, distance: 1 }))
  t.throws(() => verify(nine), new DataError({ expected: 'at least 10 pairs, one for each fold', found: '9' }))
  t.throws(() => verify(columnsOf([])), { name: 'DataError', found: '0' })
  const kinds = 'pairs of the same person and pairs of different people'
  const same = measuredPairs(12, () => ({ same: true, distance: 1 }))
  t.throws(() => verify(same), new DataError({ expected: kinds, found: 'pairs of the same person only' }))
  const different = measuredPairs(12, () => ({ same: false, distance: 1 }))
  t.throws(() => verify(different), new DataError({ expected: kinds, found: 'pairs of different people only' }))
})

function digits(value: number): string {
  return value.toPrecision(12)
}
