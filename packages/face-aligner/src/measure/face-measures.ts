import type { Box, DetectedFace } from '../detect/face-detector.js'
import { type HeadPose, headPose } from './head-pose.js'

/** What the place of a face and of its points in the photo says. */
export interface FaceGeometry extends HeadPose {
  /** How far the eyes are from each other, in pixels of the photo: how much there is to see of a person. */
  readonly eyes: number
}

export interface FaceMeasures extends FaceGeometry {
  /** Of the aligned face, from the eyes to the mouth: see sharpnessOf. Faces of one size and template can be compared. */
  readonly sharpness: number
}

export function faceGeometry({ points }: DetectedFace): FaceGeometry {
  const [[x, y], [otherX, otherY]] = points
  return { eyes: Math.hypot(otherX - x, otherY - y), ...headPose(points) }
}

/** What a face has to be. Without a limit, it may be anything. */
export interface FaceLimits {
  /** Pixels that the shorter side of its box has in the photo. */
  minSize?: number | undefined
  /** See FaceMeasures. */
  minSharpness?: number | undefined
  /** Degrees by which it may be turned to either side. */
  maxYaw?: number | undefined
}

export type Shortcoming = 'too small' | 'turned away' | 'too blurred'

/** Why a face is not taken, as far as is known before it is aligned. */
export function shortcomingOf(
  box: Box,
  { yaw }: FaceGeometry,
  { minSize = 0, maxYaw = 180 }: FaceLimits,
): Shortcoming | undefined {
  if (Math.min(box[2], box[3]) < minSize) return 'too small'
  return Math.abs(yaw) > maxYaw ? 'turned away' : undefined
}
