import { type EmbeddingModel, type Tensor, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { measureFace } from '@tiny-face/verifier'
import type { GalleryKind } from './gallery.js'

/** What a network made of a face: float32 `[size]`, raw, as a typed array or as a record has it. */
export interface Embedded {
  readonly embedding: Float32Array | Tensor
  /** The same for the mirror image. */
  readonly flipped?: Float32Array | Tensor | undefined
}

/** An embedding as it is compared: its template of length 1, `[size]` (`faceTemplate` of verifier), and of which kind it is. */
export interface Template {
  readonly values: Float64Array
  readonly flip: boolean
}

/**
 * @throws DataError, without file and record, where an embedding is missing or malformed, has a number that is not finite, or no
 *   direction: nothing but zeros, alone or after the mirror image's is added
 */
export function templateOf({ embedding, flipped }: Embedded): Template {
  const { template } = measureFace({
    embedding: asTensor(embedding),
    ...(flipped === undefined ? {} : { flipped: asTensor(flipped) }),
  })
  return { values: template, flip: flipped !== undefined }
}

/** @throws DataError, without file and record, where the embedding is not of the kind that the gallery holds */
export function mustFit({ values, flip }: Template, gallery: GalleryKind): void {
  if (values.length === gallery.size && flip === gallery.flip) return
  const say = (size: number, flip: boolean) => `${size} numbers ${flip ? 'with' : 'without'} flipped`
  throw new DataError({
    expected: `an embedding of ${say(gallery.size, gallery.flip)}, as the gallery has`,
    found: say(values.length, flip),
  })
}

/** @throws DataError where the embeddings of a gallery and of a stream are not, or cannot be told to be, of one network */
export function mustBeOfModel(
  found: EmbeddingModel | undefined,
  { model }: Pick<GalleryKind, 'model'>,
  file?: string,
): void {
  if (found?.sha256 === model?.sha256 && found?.preprocess === model?.preprocess) return
  const say = (model: EmbeddingModel | undefined) =>
    model === undefined
      ? 'a model that is not named'
      : `${model.name} (${model.sha256.slice(0, 12)}, ${model.preprocess})`
  throw new DataError({ file, expected: `embeddings of ${say(model)}, as the gallery has`, found: `of ${say(found)}` })
}

function asTensor(vector: Float32Array | Tensor): Tensor {
  return vector instanceof Float32Array ? tensorOf(vector) : vector
}
