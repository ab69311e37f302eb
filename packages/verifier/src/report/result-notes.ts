import { FARS, type Far, type Verification } from '../verify.js'

/** What a reader should know before trusting the figures, one sentence each; none where all is well. */
export function resultNotes(verification: Verification): string[] {
  const { folds, missing, pairs } = verification
  const notes: string[] = []
  const finest = finestFar(verification)
  const finer = FARS.filter(far => Number(far) < finest)
  if (finer.length > 0) {
    notes.push(
      `FAR ${finer.join(', ')}: finer than ${pairs - verification.same} different pairs can tell. One false accept in ` +
        `nine folds is already a FAR of ${finest.toExponential(1)}; the threshold is that of the closest different pair, to 0.001.`,
    )
  }
  const oneKind = folds.flatMap(({ pairs, same }, fold) => (same === 0 || same === pairs ? [fold + 1] : []))
  if (oneKind.length > 0) {
    notes.push(
      `Fold ${oneKind.join(', ')}: pairs of one kind only, whose missing rate counts as 0 in TAR, AUC and EER. ` +
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

/** The false accept rate of a single false accept in the nine folds that a threshold is taken from. */
function finestFar({ pairs, same, folds }: Verification): number {
  const tested = Math.max(...folds.map(fold => fold.pairs - fold.same))
  return 1 / Math.max(1, pairs - same - tested)
}
