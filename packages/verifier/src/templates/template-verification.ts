import { pairwiseSum } from '../pairwise-sum.js'
import type { TemplateRows } from '../similarity/similarity-blocks.js'
import type { TemplatePairs } from './template-lists.js'

/** False accept rates that are reported, as they are named in the literature. */
export const TEMPLATE_FARS = ['1e-6', '1e-5', '1e-4', '1e-3', '1e-2', '1e-1'] as const
export type TemplateFar = (typeof TEMPLATE_FARS)[number]

/** The point of the ROC that is nearest to a wanted false accept rate. */
export interface NearestRate {
  tar: number
  far: number
  /** Pairs of two people that are accepted: what the rate rests on. */
  falseAccepts: number
  /** The cosine similarity from which on pairs are accepted; infinite where none is. */
  cosine: number
}

export interface TemplateVerification {
  pairs: number
  same: number
  tar: Record<TemplateFar, NearestRate>
  /** Area under the ROC. */
  auc: number
}

/**
 * Verification of templates, as insightface's IJB evaluation has it: the true accept rate at the point of scikit-learn's ROC that is
 * nearest to each false accept rate, be it above or below; of points as near, the one with the higher rates.
 *
 * @param onPairs called now and then, with the number of pairs compared since
 * @see insightface, recognition/arcface_torch/eval_ijbc.py; Maze et al., "IARPA Janus Benchmark C" (2018), 1:1; scikit-learn, roc_curve
 */
export function verifyTemplates(
  templates: TemplateRows,
  pairs: TemplatePairs,
  onPairs?: (count: number) => void,
): TemplateVerification {
  const similarities = pairSimilarities(templates, pairs, onPairs)
  const same = similarities.filter((_, i) => pairs.same[i] === 1).sort()
  const different = similarities.filter((_, i) => pairs.same[i] === 0).sort()
  const nearest = TEMPLATE_FARS.map(() => ({ tar: 0, far: 0, falseAccepts: 0, cosine: Number.POSITIVE_INFINITY }))
  let area = 0
  let last = { tar: 0, far: 0 }
  for (const { accepted, falseAccepts, cosine } of corners(same, different)) {
    const point = { tar: accepted / same.length, far: falseAccepts / different.length, falseAccepts, cosine }
    for (const [i, far] of TEMPLATE_FARS.entries()) {
      if (Math.abs(point.far - Number(far)) <= Math.abs(nearest[i]!.far - Number(far))) nearest[i] = point
    }
    area += ((point.far - last.far) * (point.tar + last.tar)) / 2
    last = point
  }
  return {
    pairs: pairs.length,
    same: same.length,
    tar: Object.fromEntries(TEMPLATE_FARS.map((far, i) => [far, nearest[i]!])) as Record<TemplateFar, NearestRate>,
    auc: area,
  }
}

/** Pairs that are compared between two calls of `onPairs`. */
const PAIRS_AT_ONCE = 1 << 16

/** The cosine similarity of each pair, in double precision and numpy's order of addition. */
export function pairSimilarities(
  { size, templates }: TemplateRows,
  { length, left, right }: TemplatePairs,
  onPairs?: (count: number) => void,
): Float64Array {
  const products = new Float64Array(size)
  const similarities = new Float64Array(length)
  for (let first = 0; first < length; first += PAIRS_AT_ONCE) {
    const end = Math.min(length, first + PAIRS_AT_ONCE)
    for (let pair = first; pair < end; pair++) {
      const a = left[pair]! * size
      const b = right[pair]! * size
      for (let i = 0; i < size; i++) products[i] = templates[a + i]! * templates[b + i]!
      similarities[pair] = pairwiseSum(products)
    }
    onPairs?.(end - first)
  }
  return similarities
}

interface Corner {
  accepted: number
  falseAccepts: number
  cosine: number
}

/**
 * The points of the ROC from the most similar pair down, one for each similarity that occurs, but for those that lie on the straight
 * line between their neighbours: where scikit-learn's `drop_intermediate` leaves points out, none is nearest.
 *
 * @param same, different similarities, ascending
 */
function* corners(same: Float64Array, different: Float64Array): Generator<Corner, void, undefined> {
  let before: Corner | undefined
  let here: Corner | undefined
  for (const next of points(same, different)) {
    if (here !== undefined && (before === undefined || bends(before, here, next))) yield here
    before = here
    here = next
  }
  if (here !== undefined) yield here
}

function bends(before: Corner, here: Corner, next: Corner): boolean {
  return (
    next.accepted - here.accepted !== here.accepted - before.accepted ||
    next.falseAccepts - here.falseAccepts !== here.falseAccepts - before.falseAccepts
  )
}

function* points(same: Float64Array, different: Float64Array): Generator<Corner, void, undefined> {
  let [a, b] = [same.length, different.length]
  while (a > 0 || b > 0) {
    const cosine = Math.max(same[a - 1] ?? Number.NEGATIVE_INFINITY, different[b - 1] ?? Number.NEGATIVE_INFINITY)
    while (a > 0 && same[a - 1] === cosine) a--
    while (b > 0 && different[b - 1] === cosine) b--
    yield { accepted: same.length - a, falseAccepts: different.length - b, cosine }
  }
}
