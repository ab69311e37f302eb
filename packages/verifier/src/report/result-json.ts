import type { Interval } from '../bootstrap/bootstrap-intervals.js'
import type { GroupFigures } from '../groups/group-figures.js'
import { indexOfPair, type MeasuredPairs } from '../pairs/measured-pairs.js'
import type { ExactRate } from '../roc/exact-rates.js'
import type { VerificationResult } from '../verification-result.js'
import { FARS, type Far, type Verification } from '../verify.js'
import { resultNotes } from './result-notes.js'

/** The figures of the folds, every one to its last digit, by the names that they have in JSON. */
export function figuresJson({ accuracy, folds, tar, ...verification }: Verification) {
  const { protocol, pairs, same, missing, flip, auc, aucExact, eer, xnorm } = verification
  return {
    protocol,
    pairs,
    same,
    missing,
    flip,
    accuracy: { ...accuracy, folds: folds.map(fold => fold.accuracy) },
    thresholds: folds.map(fold => fold.threshold),
    auc,
    auc_exact: aucExact,
    eer,
    tar,
    xnorm,
  }
}

/**
 * A result as one line of JSON, in pieces.
 *
 * @param pairs where each pair's distance is wanted, too
 */
export function* resultJson(result: VerificationResult, pairs?: MeasuredPairs): Generator<string> {
  const { source, model, components, verification, exact, intervals, groups } = result
  const figures = {
    source,
    model,
    pca: components,
    ...figuresJson(verification),
    exact: {
      eer: exact.eer,
      tar: byFar(far => rateJson(exact.tar[far])),
      det: exact.det.map(({ fmr, fnmr, threshold }) => ({ fmr, fnmr, threshold })),
    },
    intervals: intervals && {
      level: intervals.level,
      samples: intervals.samples,
      seed: intervals.seed,
      unit: intervals.unit,
      units: intervals.units,
      accuracy: intervalJson(intervals.accuracy),
      eer: intervalJson(intervals.eer),
      tar: byFar((_, i) => intervalJson(intervals.tars[i]!)),
    },
    groups: groups && {
      field: groups.field,
      values: [...groups.values].map(([value, group]) => ({ value, ...groupJson(group) })),
      mixed: groups.mixed && groupJson(groups.mixed),
    },
    notes: resultNotes(verification),
  }
  const text = JSON.stringify(figures)
  if (pairs === undefined) {
    yield `${text}\n`
    return
  }
  yield `${text.slice(0, -1)},"each_pair":{"index":`
  yield* listJson(pairs.length, i => indexOfPair(pairs, i))
  yield ',"same":'
  yield* listJson(pairs.length, i => pairs.same[i]!)
  yield ',"distance":'
  yield* listJson(pairs.length, i => pairs.distances[i]!)
  yield '}}\n'
}

function byFar<T>(of: (far: Far, i: number) => T): Record<string, T> {
  return Object.fromEntries(FARS.map((far, i) => [far, of(far, i)]))
}

function rateJson({ tar, fnmr, fmr, falseAccepts, threshold }: ExactRate) {
  return { tar, fnmr, fmr, false_accepts: falseAccepts, threshold }
}

function intervalJson({ low, high }: Interval): [number, number] {
  return [low, high]
}

function groupJson({ pairs, same, fmr, fnmr, accuracy, eer, tar }: GroupFigures) {
  return { pairs, same, fmr, fnmr, accuracy, eer, tar: tar && byFar(far => rateJson(tar[far])) }
}

const NUMBERS_A_PIECE = 10_000

function* listJson(length: number, value: (i: number) => number): Generator<string> {
  yield '['
  for (let from = 0; from < length; from += NUMBERS_A_PIECE) {
    const numbers: number[] = []
    for (let i = from; i < Math.min(length, from + NUMBERS_A_PIECE); i++) numbers.push(value(i))
    yield (from === 0 ? '' : ',') + numbers.join()
  }
  yield ']'
}
