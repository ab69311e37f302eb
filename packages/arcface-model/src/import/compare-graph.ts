import { DataError } from '@tiny-face/safe-files'
import { xoroshiro } from '@tiny-face/seeded-random'
import type { NamedTensor } from '@tiny-face/weight-files'
import type { FaceModel } from '../face-model.js'
import { loadableModel } from '../loadable-model.js'
import { inputFiller } from '../network-input.js'
import { openOnnxModel } from '../open-onnx-model.js'
import { type Normalisation, PRESETS } from '../preprocess.js'
import type { Candidate } from './match-names.js'

/** How far embeddings of an import may be from those of its ONNX file, as a part of their length. */
export const MAX_IMPORT_ERROR = 1e-3
const IMAGES = 2

/**
 * Runs an ONNX file, and the network that was imported of it, on images of noise: weights that fit by their shapes may still belong to a graph
 * that computes something else with them.
 *
 * @returns |imported - file| / |file| of the worse image
 * @throws DataError where it is over MAX_IMPORT_ERROR
 */
export async function compareWithGraph(
  file: string,
  { network, embeddingSize, table }: Candidate,
  tensors: ReadonlyMap<string, NamedTensor>,
): Promise<number> {
  const ours = await loadableModel({ network, embeddingSize }, { engine: 'onnx', precision: 'f32' }, { file })
  await ours.load(Object.fromEntries([...tensors].map(([name, { values }]) => [name, values])))
  const theirs = await openOnnxModel(file, { preprocess: 'arcface', remark: () => {} })
  try {
    const found = await embeddingsOf(ours, ours.normalisation)
    const errors: number[] = []
    const input = table.input ?? ours.normalisation
    // A graph that normalises by itself takes pixels as they are.
    for (const normalisation of [input, { ...PRESETS.raw, order: input.order }])
      errors.push(relativeError(found, await embeddingsOf(theirs, normalisation)))
    const error = Math.min(...errors)
    if (error <= MAX_IMPORT_ERROR) return error
    throw new DataError({
      file,
      expected: `a graph that computes what ${network} does with its weights`,
      found: `embeddings that are ${error.toPrecision(2)} of their length away`,
    })
  } finally {
    await ours.close()
    await theirs.close()
  }
}

async function embeddingsOf(model: FaceModel, normalisation: Normalisation): Promise<Float32Array[]> {
  const { height, width } = model.shape
  const { uniform } = xoroshiro(1)
  const fill = inputFiller(normalisation, model.shape)
  const embeddings: Float32Array[] = []
  for (let i = 0; i < IMAGES; i++) {
    const pixels = Uint8Array.from({ length: 3 * height * width }, () => 256 * uniform())
    // A file may be made for batches of one size: the others of the batch stay black.
    const batch = model.batch ?? 1
    const input = new Float32Array(batch * pixels.length)
    fill(input, 0, pixels, false)
    const rows = await model.embed(input, batch)
    embeddings.push(rows.slice(0, rows.length / batch))
  }
  return embeddings
}

/** NaN, where something is no number, is beyond any limit. */
function relativeError(found: readonly Float32Array[], expected: readonly Float32Array[]): number {
  const errors = expected.map((vector, image) => {
    const other = found[image]!
    if (other.length !== vector.length) return Number.POSITIVE_INFINITY
    const difference = Math.hypot(...vector.map((value, i) => value - other[i]!))
    return difference / Math.hypot(...vector)
  })
  const worst = Math.max(...errors)
  return Number.isNaN(worst) ? Number.POSITIVE_INFINITY : worst
}
