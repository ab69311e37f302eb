import { FINE_GRID } from '../roc/threshold-grid.js'
import { FARS, type Far, type Verification } from '../verify.js'

/**
 * False accepts below which a rate is a rough guess: with 30, it is within 30% of the true one nine times of ten.
 *
 * @see Doddington et al., "The NIST speaker recognition evaluation" (2000): the rule of 30, which ISO/IEC 19795-1 took over. We speak up
 *   below ten only, where it is within half.
 */
const FEW = 10

/** What a reader should know before trusting the figures, one sentence each; none where all is well. */
export function resultNotes(verification: Verification): string[] {
  const { folds, missing, pairs, same, closest, farthest, beyond } = verification
  const different = pairs - same
  const notes: string[] = []
  const finest = finestFar(verification)
  const finer = FARS.filter(far => Number(far) < finest)
  if (finer.length > 0) {
    notes.push(
      `FAR ${finer.join(', ')}: finer than ${different} different pairs can tell. One false accept in ` +
        `nine folds is already a FAR of ${finest.toExponential(1)}; the threshold is that of the closest different pair, to 0.001.`,
    )
  }
  const few = FARS.filter(far => !finer.includes(far) && Number(far) * different < FEW)
  if (few.length > 0) {
    notes.push(
      `FAR ${few.join(', ')}: rests on fewer than ${FEW} false accepts, so that the rate is a rough guess. ` +
        `${FEW} at FAR ${few.at(-1)} take ${Math.round(FEW / Number(few.at(-1)))} different pairs; there are ${different}.`,
    )
  }
  if (closest === farthest) {
    notes.push(`All pairs lie at one distance, ${closest}: the network tells nobody apart, and every rate is 0 or 1.`)
  } else {
    const tied = FARS.filter(far => isFarOff(far, verification))
    if (tied.length > 0) {
      notes.push(
        `FAR ${tied.join(', ')}: many different pairs lie at almost one distance, so that far more were accepted than wanted. ` +
          'The figures of all pairs keep to the rate.',
      )
    }
  }
  const unreached = FARS.filter(far => verification.tar[far].unreached > 0)
  if (unreached.length > 0) {
    notes.push(
      `FAR ${unreached.join(', ')}: so many different pairs are accepted by no threshold up to ${FINE_GRID.at(-1)} in ` +
        `${verification.tar[unreached[0]!].unreached} of ${folds.length} folds; insightface then accepts nothing, and TAR counts as 0 there.`,
    )
  }
  if (beyond > 0) {
    notes.push(
      `${beyond} of ${pairs} pairs are farther apart than ${FINE_GRID.at(-1)}, the largest threshold of the folds.`,
    )
  }
  for (const [kind, fault] of [
    ['genuine', (fold: { pairs: number; same: number }) => fold.same === 0],
    ['impostor', (fold: { pairs: number; same: number }) => fold.same === fold.pairs],
  ] as const) {
    const lacking = folds.flatMap((fold, i) => (fault(fold) ? [i + 1] : []))
    if (lacking.length === 0) continue
    notes.push(
      `Fold ${lacking.join(', ')}: no ${kind} pair, so pairs of one kind only; the missing rate counts as 0 in TAR, AUC and EER. ` +
        'The set is meant to mix both kinds in every tenth of it.',
    )
  }
  if (missing > 0) {
    notes.push(`${missing} of ${pairs + missing} pairs did not come: folds and figures are not those of the whole set.`)
  }
  return notes
}

/** Whether the pairs are too few to tell this false accept rate from 0. */
export function isTooFine(far: Far, verification: Verification): boolean {
  return Number(far) < finestFar(verification)
}

/** Ten times the wanted rate, and not by a few pairs only. */
function isFarOff(far: Far, { tar, pairs, same }: Verification): boolean {
  return tar[far].far > 10 * Number(far) && tar[far].far * (pairs - same) > FEW
}

/** The false accept rate of a single false accept in the nine folds that a threshold is taken from. */
function finestFar({ pairs, same, folds }: Verification): number {
  const tested = Math.max(...folds.map(fold => fold.pairs - fold.same))
  return 1 / Math.max(1, pairs - same - tested)
}
