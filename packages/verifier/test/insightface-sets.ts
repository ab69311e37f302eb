import { foldCounts } from '../src/folds/fold-counts.js'
import { tarAtFars } from '../src/folds/tar-at-far.js'
import { squaredDistance } from '../src/pairs/squared-distance.js'
import { pcaFolds, type TemplatePair } from '../src/pca/pca-folds.js'
import { exactAreaUnderCurve } from '../src/roc/area-under-curve.js'
import { exactEqualErrorRate } from '../src/roc/equal-error-rate.js'
import { rateAtFar } from '../src/roc/exact-rates.js'
import { exactRoc } from '../src/roc/exact-roc.js'
import { meanRoc } from '../src/roc/mean-roc.js'
import { COARSE_GRID } from '../src/roc/threshold-grid.js'
import { verify } from '../src/verify.js'
import { columnsOf } from './pairs.js'

/** A set, and what insightface's functions say of it: a line of what tools/peers/insightface-verification.py writes. */
export interface ExpectedSet {
  kind: string
  size: number
  /** Of all sides, one after another: left, right, left, … */
  embeddings: number[]
  same: boolean[]
  pca: number
  /** The false accept rate of `val`, `std` and `far`. */
  wanted: number
  /** The error with which insightface's own code ends, where it does. */
  crashed: string | null
  tpr: number[]
  fpr: number[]
  accuracy: number[]
  val: number
  std: number
  far: number
  /** Of all pairs at once, by scikit-learn: the area, the equal error rate, TAR at FAR 1e-1, 1e-2, 1e-3 and 1e-4. */
  exact_auc: number
  exact_eer: number
  exact_tars: number[]
}

const CLOSE = 1e-12
/** SciPy finds the crossing by bisection. */
const BISECTED = 1e-9

/** What we say otherwise, in words. */
export function differencesOf({ size, embeddings, same, pca, wanted, ...expected }: ExpectedSet): string[] {
  const values = Float64Array.from(embeddings)
  const side = (number: number) => values.subarray(number * size, (number + 1) * size)
  const templates = same.map((_, i): TemplatePair => [side(2 * i), side(2 * i + 1)])
  const pairs = columnsOf(
    templates.map(([left, right], i) => ({ same: same[i]!, distance: squaredDistance(left, right) })),
  )
  const { countFolds } = pca > 0 ? pcaFolds(templates, pca) : { countFolds: foldCounts }
  const { folds } = verify(pairs, { countFolds })
  const roc = meanRoc(countFolds(pairs, COARSE_GRID).map(fold => fold.test))
  const [tar] = tarAtFars(pairs, [wanted])
  const exact = exactRoc(pairs)
  const ours = {
    accuracy: folds.map(fold => fold.accuracy),
    tpr: [...roc.tpr],
    fpr: [...roc.fpr],
    val: [tar!.mean],
    std: [tar!.std],
    far: [tar!.far],
    exact_auc: [exactAreaUnderCurve(exact)],
    exact_eer: [exactEqualErrorRate(exact)],
    exact_tars: [0.1, 0.01, 0.001, 0.0001].map(far => rateAtFar(exact, far).tar),
  }
  return Object.entries(ours).flatMap(([name, numbers]) => {
    const close = name === 'exact_eer' ? BISECTED : CLOSE
    const theirs = [expected[name as keyof typeof ours]].flat()
    const at = numbers.findIndex((number, i) => !(Math.abs(number - theirs[i]!) <= close))
    return at < 0 && numbers.length === theirs.length ? [] : [`${name}[${at}] is ${numbers[at]} for ${theirs[at]}`]
  })
}
