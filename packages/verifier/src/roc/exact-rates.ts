import { countBelow, type ExactRoc } from './exact-roc.js'

/**
 * What all pairs say of one false accept rate, with no folds and no grid. ISO/IEC 19795-1 calls what is measured here, of
 * comparisons and not of attempts, false match rate and false non-match rate: FMR is the literature's FAR, FNMR is 1 - TAR.
 */
export interface ExactRate {
  /** Pairs that are strictly closer are accepted. It is the distance of a pair of two people, the first that must not be. */
  threshold: number
  /** How many pairs of two people it accepts: what the rate rests on. */
  falseAccepts: number
  /** False match rate, 0 to 1: at most the wanted one. */
  fmr: number
  /** True accept rate, 0 to 1. */
  tar: number
  /** False non-match rate, 1 - TAR. */
  fnmr: number
}

/**
 * The largest threshold whose false accept rate is at most `far`. Pairs at one distance are accepted together or not at all, so
 * where they tie, the rate can stay below the wanted one.
 *
 * @param far 0 to 1, not 1
 */
export function rateAtFar(roc: ExactRoc, far: number): ExactRate {
  const { same, different } = roc
  const threshold = different[mostAccepts(far, different.length)]!
  const falseAccepts = countBelow(different, threshold)
  const accepted = countBelow(same, threshold)
  return {
    threshold,
    falseAccepts,
    fmr: falseAccepts / different.length,
    tar: accepted / same.length,
    fnmr: (same.length - accepted) / same.length,
  }
}

/** The most of `total` whose share, as it is computed, is at most `far`; always fewer than all. */
function mostAccepts(far: number, total: number): number {
  // The product can be rounded past a whole number either way; the quotients decide.
  let most = Math.max(0, Math.floor(far * total) - 1)
  while (most + 1 < total && (most + 1) / total <= far) most++
  return Math.min(most, total - 1)
}

/** Points of a DET curve in each tenfold of the false match rate. */
const POINTS_A_DECADE = 10

/** Ten false match rates in each tenfold, rising, from the smallest that so many impostor pairs can tell from 0 to just below 1. */
export function detFars(different: number): number[] {
  const steps = Math.floor(Math.log10(different) * POINTS_A_DECADE + 1e-9)
  return Array.from({ length: steps }, (_, i) => 10 ** ((i - steps) / POINTS_A_DECADE))
}

/**
 * The detection error trade-off: false non-match rate over false match rate, at `detFars`.
 *
 * @see Martin et al., "The DET curve in assessment of detection task performance" (1997); ISO/IEC 19795-1
 */
export function detCurve(roc: ExactRoc): ExactRate[] {
  return detFars(roc.different.length).map(far => rateAtFar(roc, far))
}
