import { DataError } from '@tiny-face/safe-files'
import { faceTemplate } from './pairs/face-template.js'
import type { FaceComparison } from './pairs/measure-pairs.js'
import { cosineOf, euclideanDistance, squaredDistance } from './pairs/squared-distance.js'
import type { ProtocolName } from './protocol-names.js'
import { COARSE_GRID } from './roc/threshold-grid.js'

/** How a project compares faces and decides. */
export interface Protocol extends FaceComparison {
  /** What its distances are, for people. */
  distance: string
  /** The thresholds that the accuracy's is chosen from. */
  thresholds: Float64Array
  /** The cosine that a threshold stands for, where it stands for one. */
  cosineOf?: (threshold: number) => number
}

/** 0 to 4 by 0.01; templates are scaled to length 1, so a squared distance is 2 - 2 cos. */
const INSIGHTFACE: Protocol = {
  distance: 'squared distance',
  templateOf: faceTemplate,
  distanceOf: squaredDistance,
  thresholds: COARSE_GRID,
  cosineOf,
}

/**
 * - `insightface`: recognition/arcface_mxnet/verification.py.
 * - `tiny-face-recognition`: the same. Its verification.py is insightface's; the figure that its eval_veri.py prints, "Accuracy-Flip",
 *   is the accuracy with mirror images. (What it embeds with is another matter: it runs batch norm in training mode.)
 * - `face-api`: descriptors as the network gives them, neither scaled nor with a mirror image, their Euclidean distance (added up
 *   number by number), and one threshold for everybody: `euclideanDistance` and `FaceMatcher` of @vladmandic/face-api.
 */
export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  insightface: INSIGHTFACE,
  'tiny-face-recognition': INSIGHTFACE,
  'face-api': {
    distance: 'Euclidean distance',
    templateOf: descriptor,
    distanceOf: euclideanDistance,
    thresholds: Float64Array.of(0.6),
  },
}

function descriptor(embedding: ArrayLike<number>, flipped?: ArrayLike<number>): Float64Array {
  if (flipped !== undefined) {
    throw new DataError({
      expected: 'embeddings without flipped, as face-api compares them',
      found: 'one with flipped: leave out --flip',
    })
  }
  return Float64Array.from(embedding)
}
