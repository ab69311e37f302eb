import type { EmbeddingModel } from '@tiny-face/record-stream'
import { type BootstrapIntervals, bootstrapIntervals, type Interval } from './bootstrap/bootstrap-intervals.js'
import { rightDecisions } from './folds/right-decisions.js'
import { type Groups, groupFigures } from './groups/group-figures.js'
import type { MeasuredPairs } from './pairs/measured-pairs.js'
import type { PcaFolds } from './pca/pca-folds.js'
import { PROTOCOLS } from './protocols.js'
import { exactEqualErrorRate } from './roc/equal-error-rate.js'
import { detCurve, detFars, type ExactRate, rateAtFar } from './roc/exact-rates.js'
import { exactRoc } from './roc/exact-roc.js'
import { FARS, type Far, type Verification, type VerifyOptions, verify } from './verify.js'

/** All that is said of a set: the figures of the folds, those of all pairs, how sure they are, and what they are of. */
export interface VerificationResult {
  /** What the pairs come from. */
  source?: string | undefined
  model?: EmbeddingModel | undefined
  /** How many principal components the accuracy was taken along, where it was. */
  components?: number | undefined
  verification: Verification
  exact: ExactFigures
  intervals: BootstrapIntervals | undefined
  /** The true accept rate's interval at false accept rates between, for a chart; empty without a bootstrap. */
  band: { far: number; tar: Interval }[]
  groups: Groups | undefined
}

/** The figures of all pairs at once, that depend on no folds and no grid of thresholds. */
export interface ExactFigures {
  eer: number
  tar: Record<Far, ExactRate>
  det: ExactRate[]
}

export interface ResultOptions extends Pick<VerifyOptions, 'protocol'> {
  source?: string | undefined
  model?: EmbeddingModel | undefined
  /** Where the accuracy was taken along principal components: how many, and the folds. */
  pca?: { components: number; folds: PcaFolds } | undefined
  /** Of the bootstrap. */
  seed: number
  /** Of the bootstrap: 0 for no intervals; by default as many as `samplesFor` says. */
  samples?: number | undefined
  /** The field whose values `pairs.groups` are. */
  groupBy?: string | undefined
}

/** Beyond it nobody operates, and a bootstrap sample need not be walked to its end. */
const LARGEST_FAR = Math.max(...FARS.map(Number))

/** @throws DataError as `checkPairs` */
export function verificationResult(
  pairs: MeasuredPairs,
  { source, model, protocol, pca, seed, samples, groupBy }: ResultOptions,
): VerificationResult {
  const roc = exactRoc(pairs)
  const verification = verify(pairs, { protocol, countFolds: pca?.folds.countFolds, exact: roc })
  const thresholdsUsed = verification.folds.map(fold => fold.threshold)
  const decided = pca === undefined ? pairs : { ...pairs, distances: pca.folds.tested }
  const right = rightDecisions(decided, thresholdsUsed)
  const { thresholds } = PROTOCOLS[verification.protocol]
  const tars = FARS.map((far): [Far, ExactRate] => [far, rateAtFar(roc, Number(far))])
  const bandFars = detFars(roc.different.length).filter(far => far <= LARGEST_FAR)
  const fars = [...FARS.map(Number), ...bandFars]
  const intervals = samples === 0 ? undefined : bootstrapIntervals(pairs, right, fars, { seed, samples })
  return {
    source,
    model,
    components: pca?.components,
    verification,
    exact: {
      eer: exactEqualErrorRate(roc),
      tar: Object.fromEntries(tars) as Record<Far, ExactRate>,
      det: detCurve(roc),
    },
    intervals: intervals && { ...intervals, tars: intervals.tars.slice(0, FARS.length) },
    band: intervals ? bandFars.map((far, i) => ({ far, tar: intervals.tars[FARS.length + i]! })) : [],
    groups: groupBy === undefined ? undefined : groupFigures(pairs, groupBy, right, thresholds),
  }
}
