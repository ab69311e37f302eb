import type { Verification } from '../verify.js'

/** A verification as one line of JSON, every figure to its last digit. */
export function resultJson({
  pairs,
  same,
  flip,
  accuracy,
  folds,
  auc,
  aucExact,
  eer,
  tar,
  xnorm,
}: Verification): string {
  const rates = Object.entries(tar).map(([wanted, { mean, std, far }]) => [wanted, { mean, std, far }])
  return `${JSON.stringify({
    pairs,
    same,
    flip,
    accuracy: { ...accuracy, folds: folds.map(fold => fold.accuracy) },
    thresholds: folds.map(fold => fold.threshold),
    auc,
    auc_exact: aucExact,
    eer,
    tar: Object.fromEntries(rates),
    xnorm,
  })}\n`
}
