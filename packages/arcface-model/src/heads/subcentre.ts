/**
 * Sub-centre ArcFace (Deng et al. 2020, "Sub-center ArcFace: Boosting Face Recognition by Large-Scale Noisy Web Faces", ECCV):
 * K centres an identity, so that wrong and hard images gather about other centres than the clean ones.
 *
 *     cos θ           = the largest of an identity's K cosines
 *     penalise(cos θ) = cos(θ + m), as ArcFace
 *
 * As in deepinsight/insightface, recognition/subcenter_arcface (K = 3), which pools before it adds the margin.
 */
import type { Scope } from '../scope.js'
import { addAngle } from './arcface.js'
import { type EmbeddedBatch, type HeadResult, marginSoftmax } from './margin-softmax.js'

export interface Subcentre {
  /** K: centres of one identity. */
  readonly centres: number
  /** m: radians added to the angle between an embedding and the nearest of its own identity's centres. */
  readonly margin: number
  /** s: what cosines are multiplied by before the softmax. */
  readonly scale: number
}

export function subcentre(net: Scope, batch: EmbeddedBatch, { centres, margin, scale }: Subcentre): HeadResult {
  return marginSoftmax(net, batch, { scale, centres, penalise: cosines => addAngle(cosines, margin) })
}
