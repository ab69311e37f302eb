import { FOLDS } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { foldAccuracy } from '../folds/fold-accuracy.js'
import { foldCounts } from '../folds/fold-counts.js'
import type { MeasuredPairs, PairDistances } from '../pairs/measured-pairs.js'
import { mean, populationStd } from '../pairwise-sum.js'
import { exactEqualErrorRate } from '../roc/equal-error-rate.js'
import { type ExactRate, rateAtFar } from '../roc/exact-rates.js'
import { exactRoc } from '../roc/exact-roc.js'
import { FARS, type Far } from '../verify.js'

/** What the pairs of one group say, both of whose sides have one value of a field; or the pairs whose sides differ in it. */
export interface GroupFigures {
  pairs: number
  same: number
  /**
   * At the thresholds of the whole set: what one deployed threshold means for this group (ISO/IEC 19795-10, "differential
   * performance"). Undefined where there are no such pairs.
   */
  fmr: number | undefined
  fnmr: number | undefined
  /** With thresholds of the group's own: by its own ten folds, as sets of one group (RFW's) are published. */
  accuracy: { mean: number; std: number } | undefined
  eer: number | undefined
  tar: Record<Far, ExactRate> | undefined
}

/** A field of more values, such as an id, makes no groups. */
export const MAX_GROUPS = 1000

export interface Groups {
  /** The field that the pairs are grouped by. */
  field: string
  /** By value, the values in order. */
  values: Map<string, GroupFigures>
  /** Of the pairs whose two sides have different values; undefined where there are none. */
  mixed: GroupFigures | undefined
}

/**
 * The figures of each group.
 *
 * @param right 1 where the pair was decided rightly at the whole set's thresholds, else 0
 * @param thresholds that a group's own accuracy is chosen from
 * @throws DataError where the field has more than `MAX_GROUPS` values
 */
export function groupFigures(pairs: MeasuredPairs, field: string, right: Uint8Array, thresholds: Float64Array): Groups {
  const { names, left, right: rightSide } = pairs.groups ?? { names: [], left: [], right: [] }
  const mixed = names.length
  if (names.length > MAX_GROUPS)
    throw new DataError({ expected: `at most ${MAX_GROUPS} values of ${field}`, found: `${names.length}` })
  const placesOf = Array.from({ length: names.length + 1 }, (): number[] => [])
  for (let i = 0; i < pairs.length; i++) placesOf[left[i] === rightSide[i] ? left[i]! : mixed]!.push(i)
  const figures = (group: number) => {
    const places = placesOf[group]!
    return places.length === 0
      ? undefined
      : figuresOf(
          part(pairs, places),
          Uint8Array.from(places, i => right[i]!),
          thresholds,
        )
  }
  const values = names
    .map((name, group) => [name, figures(group)] as const)
    .filter((entry): entry is [string, GroupFigures] => entry[1] !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  return { field, values: new Map(values), mixed: figures(mixed) }
}

function part({ distances, same }: PairDistances, places: readonly number[]): PairDistances {
  return {
    length: places.length,
    distances: Float64Array.from(places, i => distances[i]!),
    same: Uint8Array.from(places, i => same[i]!),
  }
}

function figuresOf(pairs: PairDistances, right: Uint8Array, thresholds: Float64Array): GroupFigures {
  const roc = exactRoc(pairs)
  const [same, different] = [roc.same.length, roc.different.length]
  let wrongSame = 0
  let wrongDifferent = 0
  for (let i = 0; i < pairs.length; i++) {
    if (right[i] === 1) continue
    if (pairs.same[i] === 1) wrongSame++
    else wrongDifferent++
  }
  const bothKinds = same > 0 && different > 0
  return {
    pairs: pairs.length,
    same,
    fmr: different === 0 ? undefined : wrongDifferent / different,
    fnmr: same === 0 ? undefined : wrongSame / same,
    accuracy: bothKinds && pairs.length >= FOLDS ? ownAccuracy(pairs, thresholds) : undefined,
    eer: bothKinds ? exactEqualErrorRate(roc) : undefined,
    tar: bothKinds
      ? (Object.fromEntries(FARS.map(far => [far, rateAtFar(roc, Number(far))])) as Record<Far, ExactRate>)
      : undefined,
  }
}

function ownAccuracy(pairs: PairDistances, thresholds: Float64Array): { mean: number; std: number } {
  const accuracies = foldCounts(pairs, thresholds).map(fold => foldAccuracy(fold, thresholds).accuracy)
  return { mean: mean(accuracies), std: populationStd(accuracies) }
}
