/* Which preprocessing a network was made for, found by trying. */
import type { Pixels } from '@tiny-face/image-stream'
import type { Pair, Tensor } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import {
  discordantPairs,
  type MeasuredPairs,
  PairMeasurer,
  rightDecisions,
  type Verification,
  verify,
} from '@tiny-face/verifier'
import { embedder } from '../embed.js'
import type { FaceModel } from '../face-model.js'
import { type Combination, colourings, geometries, normalisationOf } from './combinations.js'
import { cropAndResize } from './resize-pixels.js'

/** p below which two combinations count as different. */
export const SIGNIFICANCE = 0.05

/** A face of a verification set, decoded. */
export interface SweepFace {
  readonly pair: Pair
  readonly image: Pixels
}

/** A combination, and what the pairs say of the network when it is fed so. */
export interface Trial extends Combination {
  /** Undefined where the network gives no numbers then: infinity, NaN, or nothing but zeros. */
  readonly result: { readonly verification: Verification; readonly right: Uint8Array } | undefined
}

export interface Sweep {
  /** Everything tried, the best first. */
  readonly trials: readonly Trial[]
  /** The best without mirror images: what the network was made for. */
  readonly base: Trial
}

export interface SweepOptions {
  /** Opens the network for images of a size: only sizes of `geometries` are asked for. */
  open: (size: number) => Promise<FaceModel>
  batchSize: number
  /** Told before each round how many images are to go through the network, and then as they go. */
  onRound?: (images: number) => void
  onImages?: (count: number) => void
}

/**
 * Tries ways to feed a network with the faces of pairs. First every order of channels with every scaling; then, from the best of them, each
 * other size and crop, and mirror images. Where one of these is better by more than chance, the colours are tried again with it.
 *
 * @param model as `open` gives it for the size that it has
 * @throws Error where nothing that was tried gives embeddings
 */
export async function sweep(faces: readonly SweepFace[], model: FaceModel, options: SweepOptions): Promise<Sweep> {
  const tried = new Map<string, Trial>()
  let base: Combination = { order: 'rgb', scaling: '127.5', mirror: false, size: model.shape.height, crop: 1 }
  for (;;) {
    await tryAll(colourings(base, model))
    base = best([...tried.values()].filter(({ crop, size, mirror }) => sameGeometry({ crop, size, mirror }, base)))
    await tryAll(geometries(base, model))
    const better = best([...tried.values()].filter(({ mirror }) => !mirror))
    const found = tried.get(keyOf(base))!
    if (sameGeometry(better, base) || pAgainst(better, found) >= SIGNIFICANCE) break
    base = better
  }
  return { trials: [...tried.values()].sort(byQuality), base: tried.get(keyOf(base))! }

  async function tryAll(combinations: readonly Combination[]): Promise<void> {
    const left = combinations.filter(combination => !tried.has(keyOf(combination)))
    options.onRound?.(left.length * faces.length)
    for (const combination of left)
      tried.set(keyOf(combination), { ...combination, result: await tryOut(faces, model, combination, options) })
  }
}

function sameGeometry(a: Pick<Combination, 'crop' | 'size' | 'mirror'>, b: Combination): boolean {
  return a.crop === b.crop && a.size === b.size && a.mirror === b.mirror
}

function keyOf({ order, scaling, mirror, size, crop }: Combination): string {
  return `${order} ${scaling} ${mirror} ${size} ${crop}`
}

function best(trials: readonly Trial[]): Trial {
  const [first] = [...trials].sort(byQuality)
  if (first?.result === undefined)
    throw new DataError({ message: 'whatever it is fed, the network gives no embeddings' })
  return first
}

/** By accuracy, of equals by the area under the ROC of all pairs. */
function byQuality(a: Trial, b: Trial): number {
  const [x, y] = [a.result?.verification, b.result?.verification]
  if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
  return y.accuracy.mean - x.accuracy.mean || y.aucExact - x.aucExact
}

/** The p of McNemar's exact test of two trials' decisions; 0 where only one of them gives embeddings. */
export function pAgainst(a: Trial, b: Trial): number {
  if (a.result === undefined || b.result === undefined) return 0
  return discordantPairs(a.result.right, b.result.right).p
}

async function tryOut(
  faces: readonly SweepFace[],
  model: FaceModel,
  combination: Combination,
  { open, batchSize, onImages }: SweepOptions,
): Promise<Trial['result']> {
  const { mirror, size, crop } = combination
  const other = size === model.shape.height ? undefined : await open(size)
  try {
    const fed = { ...(other ?? model), normalisation: normalisationOf(combination) }
    const embed = embedder(fed)
    const measurer = new PairMeasurer()
    let finite = true
    for (let from = 0; from < faces.length; from += batchSize) {
      const batch = faces.slice(from, from + batchSize)
      const { height, width } = fed.shape
      const images = batch.map(({ image }) => cropAndResize(image, crop, height, width))
      const embeddings = await embed(images, false)
      const mirrored = mirror ? await embed(images, true) : undefined
      finite &&= [...embeddings, ...(mirrored ?? [])].every(hasDirection)
      if (finite)
        for (const [i, { pair }] of batch.entries())
          measurer.add({ pair, embedding: embeddings[i]!, ...(mirrored && { flipped: mirrored[i]! }) })
      onImages?.(batch.length)
    }
    return finite ? judged(measurer.finish()) : undefined
  } finally {
    await other?.close()
  }
}

function hasDirection({ data }: Tensor): boolean {
  const values = new Float32Array(data.buffer, data.byteOffset, data.byteLength / 4)
  return values.every(Number.isFinite) && values.some(value => value !== 0)
}

function judged(pairs: MeasuredPairs): NonNullable<Trial['result']> {
  const verification = verify(pairs)
  const thresholds = verification.folds.map(({ threshold }) => threshold)
  return { verification, right: rightDecisions(pairs, thresholds) }
}
