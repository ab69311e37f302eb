import type { EngineChoice } from '@tiny-face/tfjs-compiler'
import type { InputShape } from './network-input.js'
import type { Alignment, Normalisation } from './preprocess.js'

/** Images for one run of a network where nobody says how many. */
export const DEFAULT_BATCH_SIZE = 32

/** A network that makes an embedding of a face, ready to run. */
export interface FaceModel {
  /** The ONNX file, or the run's folder. */
  readonly file: string
  /** The files that its weights came from; none where they came from memory. */
  readonly files?: readonly string[]
  readonly shape: InputShape
  /** Whether it can be opened for images of another size. */
  readonly freeSize?: boolean
  /** Whether its input can be normalised so: one of whole numbers takes only those. Any can where left out. */
  readonly accepts?: (normalisation: Normalisation) => boolean
  readonly normalisation: Normalisation
  /** How the faces that it takes are cut out of their photos. */
  readonly alignment: Alignment
  /** The batch size that is built in; null where any will do. */
  readonly batch: number | null
  /** What it runs on, where there was a choice. */
  readonly choice?: EngineChoice
  /**
   * Raw outputs, `[images, size]` flat.
   *
   * @param input that many images in the shape's layout
   */
  embed(input: Float32Array, images: number): Promise<Float32Array>
  close(): Promise<void>
}
