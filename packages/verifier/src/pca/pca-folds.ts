import { type FoldCounts, without as withoutCounts } from '../folds/fold-counts.js'
import { foldRanges } from '../folds/fold-ranges.js'
import type { PairDistances } from '../pairs/measured-pairs.js'
import { squaredDistance } from '../pairs/squared-distance.js'
import { acceptCounts } from '../roc/accept-counts.js'
import { addTo, type Moments, noMoments, principalComponents, projected, without } from './principal-components.js'

/** The templates of both sides of a pair. */
export type TemplatePair = readonly [Float64Array, Float64Array]

/** The folds where each has distances of its own. */
export interface PcaFolds {
  /** The counts of every fold, as `foldCounts` gives them where there is one distance a pair. */
  countFolds(pairs: PairDistances, thresholds: Float64Array): FoldCounts[]
  /** Each pair's distance in the fold that it is tested in, in order. */
  tested: Float64Array
}

/**
 * The folds of insightface's argument `pca`, which is of its accuracy and ROC alone: in each fold, templates are laid along the
 * principal components of the nine other folds' templates and scaled to length 1 again before they are compared.
 *
 * @param templates of every pair, in order
 * @see insightface, recognition/arcface_mxnet/verification.py, `calculate_roc`
 */
export function pcaFolds(templates: readonly TemplatePair[], components: number): PcaFolds {
  const ranges = foldRanges(templates.length)
  const all = momentsOf(templates)
  const distancesOf = ranges.map(({ from, to }) => {
    const along = principalComponents(without(all, momentsOf(templates.slice(from, to))), components)
    return Float64Array.from(templates, ([left, right]) =>
      squaredDistance(projected(along, left), projected(along, right)),
    )
  })
  return {
    countFolds: (pairs, thresholds) =>
      ranges.map(({ from, to }, fold) => {
        const along = { ...pairs, distances: distancesOf[fold]! }
        const test = acceptCounts(along, thresholds, from, to)
        return { test, train: withoutCounts(acceptCounts(along, thresholds), test) }
      }),
    tested: Float64Array.from(ranges.flatMap(({ from, to }, fold) => [...distancesOf[fold]!.subarray(from, to)])),
  }
}

function momentsOf(templates: readonly TemplatePair[]): Moments {
  let moments = noMoments(templates[0]?.[0].length ?? 0)
  for (const sides of templates) for (const template of sides) moments = addTo(moments, template)
  return moments
}
