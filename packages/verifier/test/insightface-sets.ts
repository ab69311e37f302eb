import { foldCounts } from '../src/folds/fold-counts.js'
import { tarAtFars } from '../src/folds/tar-at-far.js'
import { squaredDistance } from '../src/pairs/squared-distance.js'
import { pcaFolds, type TemplatePair } from '../src/pca/pca-folds.js'
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
}

const CLOSE = 1e-12

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
  const ours = {
    accuracy: folds.map(fold => fold.accuracy),
    tpr: [...roc.tpr],
    fpr: [...roc.fpr],
    val: [tar!.mean],
    std: [tar!.std],
    far: [tar!.far],
  }
  return Object.entries(ours).flatMap(([name, numbers]) => {
    const theirs = [expected[name as keyof typeof ours]].flat()
    const at = numbers.findIndex((number, i) => !(Math.abs(number - theirs[i]!) <= CLOSE))
    return at < 0 && numbers.length === theirs.length ? [] : [`${name}[${at}] is ${numbers[at]} for ${theirs[at]}`]
  })
}
