import { FARS, type Far, type Verification } from '@tiny-face/verifier'

/** What metrics.jsonl says of a verification: the figures of `face-verify --json` that are followed over a run. Rates are 0 to 1. */
export interface Figures {
  /** Mean of the ten folds. */
  readonly accuracy: number
  /** Of the folds' accuracies, as of a population. */
  readonly deviation: number
  /** Squared distance below which a pair is accepted: of the ten folds' thresholds, in order, the sixth. */
  readonly threshold: number
  /** Mean true accept rate at each false accept rate. */
  readonly tar: Readonly<Record<Far, number>>
  /** Of all pairs, exactly. */
  readonly auc: number
  readonly eer: number
  /** Mean length of the raw embeddings. */
  readonly norm: number
}

export function figuresOf({ accuracy, folds, tar, aucExact, eer, xnorm }: Verification): Figures {
  const thresholds = folds.map(fold => fold.threshold).sort((a, b) => a - b)
  return {
    accuracy: accuracy.mean,
    deviation: accuracy.std,
    threshold: thresholds[Math.floor(thresholds.length / 2)]!,
    tar: Object.fromEntries(FARS.map(far => [far, tar[far].mean])) as Record<Far, number>,
    auc: aucExact,
    eer,
    norm: xnorm,
  }
}
