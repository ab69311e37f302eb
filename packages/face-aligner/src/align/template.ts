import type { FivePoints, Point } from '../detect/face-detector.js'

/**
 * Where the five points of an aligned face lie.
 *
 * `arcface`: insightface's `arcface_dst` (python-package/insightface/utils/face_align.py): most networks of the field are trained on it.
 *
 * `dlib`: the mean face of dlib's get_face_chip_details (dlib/image_transforms/interpolation.h) with the padding of 0.25 that its
 * recogniser was trained with. dlib aligns 68 points by that mean face, or the corners of the eyes and the nose's base, which
 * detectors here do not give. These are the mean face's own places of what they give: the middle of the six points of either eye (36 to
 * 41, 42 to 47), the nose's tip (30), the corners of the mouth (48, 54).
 */
export type TemplateName = 'arcface' | 'dlib'

export const TEMPLATE_NAMES: readonly TemplateName[] = ['arcface', 'dlib']

/** The sides, in pixels, of aligned faces that the networks of the field take. */
export const TEMPLATE_SIZES: Readonly<Record<TemplateName, number>> = { arcface: 112, dlib: 150 }

const ARCFACE: FivePoints = [
  [38.2946, 51.6963],
  [73.5318, 51.5014],
  [56.0252, 71.7366],
  [41.5493, 92.3655],
  [70.7299, 92.2041],
]

/** In parts of the square from one end of dlib's mean face to the other. */
const DLIB_MEAN_FACE: FivePoints = [
  [0.2254918333, 0.2159896667],
  [0.7547611667, 0.2159896667],
  [0.490127, 0.515625],
  [0.254149, 0.780233],
  [0.726104, 0.780233],
]

const DLIB_PADDING = 0.25

/**
 * The template's points in an aligned face of `size` x `size` pixels.
 *
 * Of `arcface`, sizes that are multiples of 128 but not of 112 are as insightface's estimate_norm has them: the face of 112 pixels with
 * margins, in the middle across, at the top. All others are the face of 112 pixels, larger or smaller; insightface takes only multiples of 112 there.
 */
export function templatePoints(template: TemplateName, size: number): FivePoints {
  return template === 'arcface' ? arcfacePoints(size) : dlibPoints(size)
}

/** insightface reckons with float32 here, and so do we, so that its matrices are ours. */
function arcfacePoints(size: number): FivePoints {
  const widened = size % 112 !== 0 && size % 128 === 0
  const ratio = size / (widened ? 128 : 112)
  const margin = widened ? 8 * ratio : 0
  const at = (value: number) => Math.fround(Math.fround(value) * Math.fround(ratio))
  return mapPoints(ARCFACE, ([x, y]) => [Math.fround(at(x) + margin), at(y)])
}

/** dlib's square goes from the outer edge of the first pixel to that of the last: the middle of pixel 0 is at half a pixel. */
function dlibPoints(size: number): FivePoints {
  const at = (value: number) => ((value + DLIB_PADDING) / (1 + 2 * DLIB_PADDING)) * size - 0.5
  return mapPoints(DLIB_MEAN_FACE, ([x, y]) => [at(x), at(y)])
}

export function mapPoints([a, b, c, d, e]: FivePoints, move: (point: Point) => Point): FivePoints {
  return [move(a), move(b), move(c), move(d), move(e)]
}
