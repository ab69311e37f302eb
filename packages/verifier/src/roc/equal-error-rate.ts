import { type ExactRoc, rocPoints } from './exact-roc.js'
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
  const crossing = new Crossing()
  for (let i = 0; i <= fpr.length; i++) {
    if (crossing.passedBy(fpr[i] ?? 1, tpr[i] ?? 1)) return crossing.rate
  }
  return 1
}

/** The same on the exact ROC of all pairs. */
export function exactEqualErrorRate(roc: ExactRoc): number {
  const crossing = new Crossing()
  for (const { acceptedSame, acceptedDifferent } of rocPoints(roc)) {
    const passed = crossing.passedBy(acceptedDifferent / roc.different.length, acceptedSame / roc.same.length)
    if (passed) return crossing.rate
  }
  return 1
}

/** Follows a ROC point by point until it has crossed `1 - tpr = fpr`. */
export class Crossing {
  /** The rate at which it crossed. */
  rate = 0
  #gap = 1

  /** Whether the line to this point crosses. */
  passedBy(fpr: number, tpr: number): boolean {
    const gap = 1 - fpr - tpr
    if (gap > 0) {
      this.rate = fpr
      this.#gap = gap
      return false
    }
    this.rate += (this.#gap / (this.#gap - gap)) * (fpr - this.rate)
    return true
  }
}
