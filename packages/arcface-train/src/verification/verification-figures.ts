import type { Far, Verification } from '@tiny-face/verifier'

/** The false accept rates that are followed: finer ones say nothing of the thousands of pairs that a run is verified on. */
const FOLLOWED = ['1e-1', '1e-2', '1e-3', '1e-4'] as const satisfies readonly Far[]

/** What metrics.jsonl says of a verification: the figures of `face-verify --json` that are followed over a run. Rates are 0 to 1. */
export interface Figures {
  /** Mean of the ten folds. */
  readonly accuracy: number
  /** Of the folds' accuracies, as of a population. */
  readonly deviation: number
  /** Squared distance below which a pair is accepted: of the ten folds' thresholds, in order, the sixth. */
  readonly threshold: number
  /** Mean true accept rate at each false accept rate. */
  readonly tar: Readonly<Record<(typeof FOLLOWED)[number], number>>
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
    tar: Object.fromEntries(FOLLOWED.map(far => [far, tar[far].mean])) as Figures['tar'],
    auc: aucExact,
    eer,
    norm: xnorm,
  }
}
