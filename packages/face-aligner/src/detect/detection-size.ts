import type { DetectedFace, Point } from './face-detector.js'

export interface Size {
  /** In pixels. */
  readonly width: number
  readonly height: number
}

/**
 * The longest side, in pixels, of the picture that faces are looked for in; a larger one is reduced to it. At 640 YuNet still finds faces that
 * fill the picture from edge to edge (98 of 100; at 960 it is 81, at 1280 it is 37) and, in scenes of up to 1280 pixels, all 119 faces of 80
 * pixels and more, 134 of 147 of 40 to 80 and 80 of 139 of 24 to 40 (at 1280 it is 147 and 112).
 */
export const DETECTION_SIDE = 640

/** The size to which a picture is reduced before faces are looked for: its longest side is at most `longestSide`, and none is below 1. */
export function detectionSize(width: number, height: number, longestSide: number = DETECTION_SIDE): Size {
  return fitted({ width, height }, { width: longestSide, height: longestSide })
}

/** The largest size of the same shape, not above the picture's own, that lies within `bounds`. */
export function fitted({ width, height }: Size, bounds: Size): Size {
  const scale = Math.min(1, bounds.width / width, bounds.height / height)
  const side = (length: number) => Math.max(1, Math.round(length * scale))
  return { width: side(width), height: side(height) }
}

/**
 * Faces of a picture that was resized, in the pixels of the picture before. Both have their outer edges in common, so a point goes by
 * the middle of its pixel: `x = (x' + 1/2) scale - 1/2`.
 *
 * @param from the size that the faces were found in
 * @param to the size that they are wanted in
 */
export function scaleFaces(faces: readonly DetectedFace[], from: Size, to: Size): DetectedFace[] {
  const [x, y] = [to.width / from.width, to.height / from.height]
  const scaled = ([left, top]: Point): Point => [(left + 0.5) * x - 0.5, (top + 0.5) * y - 0.5]
  return faces.map(({ box: [left, top, width, height], points: [a, b, c, d, e], score }) => ({
    box: [...scaled([left, top]), width * x, height * y],
    points: [scaled(a), scaled(b), scaled(c), scaled(d), scaled(e)],
    score,
  }))
}
