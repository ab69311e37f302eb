import type { Roc } from './mean-roc.js'

/**
 * The equal error rate, 0 to 1: where the ROC, its points joined by lines, crosses `1 - tpr = fpr`. facenet finds the same
 * crossing by bisection (`brentq` of `1 - x - interp1d(fpr, tpr)(x)`); solved here segment by segment, it is exact.
 *
 * A curve that ends before it crosses is led on to (1, 1).
 *
 * @see facenet, src/validate_on_lfw.py
 */
export function equalErrorRate({ fpr, tpr }: Roc): number {
  let previous = { fpr: 0, gap: 1 }
  for (let i = 0; i <= fpr.length; i++) {
    const point = { fpr: fpr[i] ?? 1, gap: 1 - (fpr[i] ?? 1) - (tpr[i] ?? 1) }
    if (point.gap <= 0) {
      const way = previous.gap / (previous.gap - point.gap)
      return previous.fpr + way * (point.fpr - previous.fpr)
    }
    previous = point
  }
  return 1
}
