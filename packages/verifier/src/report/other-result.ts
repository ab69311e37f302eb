import { list, number, objectWith, optional, readJson, text, tuple, whole } from '@tiny-face/checked-json'
import { DataError } from '@tiny-face/safe-files'
import type { Interval } from '../bootstrap/bootstrap-intervals.js'
import type { OtherCurve } from './rate-curves.js'

/** A result of another model on the same set, to be shown beside one. Rates are 0 to 1. */
export interface OtherResult extends OtherCurve {
  readonly accuracy: { readonly mean: number; readonly std: number }
  readonly eer: number
  /** True accept rate at a false accept rate of 1e-3, of all pairs. */
  readonly tar: number
  readonly intervals: { readonly accuracy: Interval; readonly tar: Interval } | undefined
}

const rate = number(0, 1)
const interval = tuple([rate, rate])

/** What is read of the JSON of face-verify. */
const RESULT = objectWith({
  pairs: whole(1),
  same: whole(0),
  model: optional(objectWith({ name: text, sha256: text })),
  accuracy: objectWith({ mean: rate, std: number(0) }),
  exact: objectWith({
    eer: rate,
    tar: objectWith({ '1e-3': objectWith({ tar: rate }) }),
    det: list(objectWith({ fmr: rate, fnmr: rate })),
  }),
  intervals: optional(objectWith({ accuracy: interval, tar: objectWith({ '1e-3': interval }) })),
})

/**
 * Reads the JSON of face-verify.
 *
 * @param set what this result is of; left out where that is not known yet
 * @throws DataError where the file is no such JSON, or of another number of pairs: then it is of another set
 */
export function readOtherResult(file: string, set?: { readonly pairs: number; readonly same: number }): OtherResult {
  const { pairs, same, model, accuracy, exact, intervals } = readJson(file, RESULT)
  if (set !== undefined && (pairs !== set.pairs || same !== set.same))
    throw new DataError({
      file,
      expected: `a result of the same set, ${set.pairs} pairs, ${set.same} of them same`,
      found: `one of ${pairs} pairs, ${same} same`,
    })
  const between = ([low, high]: readonly [number, number]): Interval => ({ low, high })
  return {
    name: model === undefined ? file : `${model.name} (${model.sha256.slice(0, 8)})`,
    points: exact.det,
    accuracy,
    eer: exact.eer,
    tar: exact.tar['1e-3'].tar,
    intervals: intervals && { accuracy: between(intervals.accuracy), tar: between(intervals.tar['1e-3']) },
  }
}
