import type { Pixels, Window } from '@tiny-face/image-stream'
import type { FivePoints, Point } from '../detect/face-detector.js'
import { CHANNELS, resample } from '../detect/resize-area.js'
import { estimateSimilarity, type Similarity, scaleOf } from './similarity.js'
import { mapPoints, type TemplateName, templatePoints } from './template.js'
import { warpSimilarity } from './warp.js'

export interface AlignOptions {
  /** The side of the aligned face, in pixels. */
  size: number
  template: TemplateName
}

/** Below this scale, bilinear interpolation would pass over pixels of the picture. */
export const MIN_BILINEAR_SCALE = 0.5

/**
 * A face, upright and with its five points where the template has them: RGB, uint8 `[size, size, 3]`, black beyond the picture.
 *
 * A face that is no larger than twice the template's is insightface's norm_crop, pixel for pixel (face_align.py with OpenCV 4). A larger one
 * is averaged over squares of pixels first, by the whole factor that leaves it nearest above the template's size: norm_crop would take
 * four of its pixels here and there, and what lies between would be lost. dlib halves such a face for the same reason.
 *
 * @param picture RGB, uint8 `[height, width, 3]`
 * @param points of the face in it
 * @throws DataError for points that are all in one place, or not numbers
 */
export function alignFace(picture: Pixels, points: FivePoints, { size, template }: AlignOptions): Pixels {
  const wanted = templatePoints(template, size)
  const similarity = estimateSimilarity(points, wanted)
  const scale = scaleOf(similarity)
  if (scale >= MIN_BILINEAR_SCALE) return warpSimilarity(picture, similarity, size)
  const factor = Math.floor(1 / scale)
  const window = faceWindow(similarity, size, picture)
  const reduced = averageSquares(picture, window, factor)
  const inReduced = (along: number, start: number) => (along - start + 0.5) / factor - 0.5
  const moved = mapPoints(points, ([x, y]) => [inReduced(x, window.left), inReduced(y, window.top)])
  return warpSimilarity(reduced, estimateSimilarity(moved, wanted), size)
}

/** The part of a picture that an aligned face is made of: all whole pixels within, at least one. */
export function faceWindow(
  { a, b, x0, y0 }: Similarity,
  size: number,
  picture: { width: number; height: number },
): Window {
  const squared = a * a + b * b
  const origin = ([x, y]: Point): Point => [
    (a * (x - x0) + b * (y - y0)) / squared,
    (a * (y - y0) - b * (x - x0)) / squared,
  ]
  const corners = [-1, size].flatMap(y => [-1, size].map(x => origin([x, y])))
  const [left, width] = spanWithin(
    corners.map(([x]) => x),
    picture.width,
  )
  const [top, height] = spanWithin(
    corners.map(([, y]) => y),
    picture.height,
  )
  return { left, top, width, height }
}

/** @returns the first whole pixel, and how many there are, of at least one pixel within `length` */
function spanWithin(ends: number[], length: number): [first: number, count: number] {
  const within = (end: number) => Math.min(length - 1, Math.max(0, end))
  const first = within(Math.floor(Math.min(...ends)))
  return [first, within(Math.ceil(Math.max(...ends))) - first + 1]
}

/** Part of a picture, each square of `factor` x `factor` pixels as one: their mean. */
function averageSquares(picture: Pixels, { left, top, width, height }: Window, factor: number): Pixels {
  const size = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) }
  const pixels = new Uint8Array(size.height * size.width * CHANNELS)
  const squares = { left, top, width: size.width * factor, height: size.height * factor }
  resample(picture, squares, size, (y, row) => {
    for (let i = 0, to = y * row.length; i < row.length; i++, to++) pixels[to] = row[i]! + 0.5
  })
  return { pixels, ...size }
}
