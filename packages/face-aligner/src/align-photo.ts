import { openPhoto, type Photo, type Pixels, type Window } from '@tiny-face/image-stream'
import { type AlignOptions, alignFace, faceWindow, MIN_BILINEAR_SCALE } from './align/align-face.js'
import { part } from './align/part.js'
import { estimateSimilarity, scaleOf } from './align/similarity.js'
import { mapPoints, TEMPLATE_SIZES, type TemplateName, templatePoints } from './align/template.js'
import { chooseFaces, type FaceChoice } from './choose-faces.js'
import { DETECTION_SIDE, scaleFaces } from './detect/detection-size.js'
import type { DetectedFace, FaceDetector, FivePoints } from './detect/face-detector.js'
import {
  type FaceLimits,
  type FaceMeasures,
  faceGeometry,
  type Shortcoming,
  shortcomingOf,
} from './measure/face-measures.js'
import { innerFace } from './measure/inner-face.js'
import { sharpnessOf } from './measure/sharpness.js'

/** A face, in pixels of its photo when that is upright. */
export interface FoundFace extends DetectedFace {
  /** Its place among the faces that were found, the best score first, from 1. */
  readonly index: number
  /** All but the sharpness is known before a face is aligned. */
  readonly measures: Omit<FaceMeasures, 'sharpness'> & Partial<FaceMeasures>
}

export interface AlignedFace extends FoundFace {
  /** RGB, uint8 `[size, size, 3]`. */
  readonly aligned: Pixels
  readonly measures: FaceMeasures
}

/** What was found and not taken, or that nothing was found. */
export interface PhotoReject {
  readonly reason: 'no face' | Shortcoming
  readonly face?: FoundFace
}

export interface AlignedPhoto {
  /** The photo's size when it is upright, in pixels. */
  readonly picture: { readonly width: number; readonly height: number }
  /** How many faces the detector found. */
  readonly found: number
  readonly faces: AlignedFace[]
  readonly rejects: PhotoReject[]
}

export interface AlignPhotoOptions extends FaceLimits {
  /** Which of several faces: the largest, the one nearest to the middle, or all. Default `largest`. */
  faces?: FaceChoice
  /** The side of an aligned face, in pixels. Default the template's: 112, or 150 of `dlib`. */
  size?: number
  /** Default `arcface`. */
  template?: TemplateName
}

/**
 * Finds faces in a photo and aligns them. The photo is decoded once, reduced to what detectors look at (DETECTION_SIDE); where a face is smaller there than its aligned size, or at most
 * twice that size in the photo, the part of the photo that holds such faces is decoded again as it is: alignFace says what is made of either.
 *
 * @param photo encoded, in one of image-stream's RESIZED_FORMATS; or its pixels, RGB, uint8 `[height, width, 3]`
 * @throws DataError for what is no photo, has more than MAX_IMAGE_PIXELS, or is damaged by image-stream's decoding policy
 */
export async function alignPhoto(
  photo: Uint8Array | Pixels,
  detector: FaceDetector,
  options: AlignPhotoOptions = {},
): Promise<AlignedPhoto> {
  const { faces: choice = 'largest', template = 'arcface' } = options
  const target = { template, size: options.size ?? TEMPLATE_SIZES[template] }
  const opened = photo instanceof Uint8Array ? await openPhoto(photo) : openedPixels(photo)
  const picture = { width: opened.width, height: opened.height }
  const reduced = await opened.reduced(DETECTION_SIDE)
  const inReduced = await detector.detect(reduced)
  const found = scaleFaces(inReduced, reduced, picture).map((face, i): FoundFace => {
    return { ...face, index: i + 1, measures: faceGeometry(face) }
  })
  const rejects: PhotoReject[] = found.length === 0 ? [{ reason: 'no face' }] : []
  const taken: FoundFace[] = []
  for (const i of chooseFaces(found, choice, picture)) {
    const face = found[i]!
    const reason = shortcomingOf(face.box, face.measures, options)
    if (reason === undefined) taken.push(face)
    else rejects.push({ reason, face })
  }
  const aligned = await alignFaces(opened, reduced, taken, inReduced, target)
  const faces: AlignedFace[] = []
  for (const [i, { measures, ...face }] of taken.entries()) {
    const sharpness = sharpnessOf(innerFace(aligned[i]!, template))
    const measured = { ...face, measures: { ...measures, sharpness } }
    if (sharpness < (options.minSharpness ?? 0)) rejects.push({ reason: 'too blurred', face: measured })
    else faces.push({ ...measured, aligned: aligned[i]! })
  }
  return { picture, found: found.length, faces, rejects }
}

/** Aligns faces from the reduced photo; from the photo as it is those that would be enlarged, or that need no reducing. */
async function alignFaces(
  photo: Photo,
  reduced: Pixels,
  faces: readonly FoundFace[],
  inReduced: readonly DetectedFace[],
  target: AlignOptions,
): Promise<Pixels[]> {
  const wanted = templatePoints(target.template, target.size)
  const isReduced = reduced.width < photo.width || reduced.height < photo.height
  const scale = (points: FivePoints) => scaleOf(estimateSimilarity(points, wanted))
  const isSmall = faces.map(({ points, index }) => {
    return isReduced && (scale(points) >= MIN_BILINEAR_SCALE || scale(inReduced[index - 1]!.points) > 1)
  })
  const windows = faces
    .filter((_, i) => isSmall[i])
    .map(({ points }) => faceWindow(estimateSimilarity(points, wanted), target.size, photo))
  const around = windows.length === 0 ? undefined : enclosing(windows)
  const decoded = around && (await photo.part(around))
  return faces.map(({ points, index }, i) => {
    if (!isSmall[i]) return alignFace(reduced, inReduced[index - 1]!.points, target)
    return alignFace(
      decoded!,
      mapPoints(points, ([x, y]) => [x - around!.left, y - around!.top]),
      target,
    )
  })
}

/** The smallest window that holds all of them. */
function enclosing(windows: readonly Window[]): Window {
  const left = Math.min(...windows.map(({ left }) => left))
  const top = Math.min(...windows.map(({ top }) => top))
  const right = Math.max(...windows.map(({ left, width }) => left + width))
  const bottom = Math.max(...windows.map(({ top, height }) => top + height))
  return { left, top, width: right - left, height: bottom - top }
}

/** What is decoded already has nothing to gain from being reduced: detectors reduce it as they need. */
function openedPixels(pixels: Pixels): Photo {
  const { width, height } = pixels
  return { width, height, reduced: async () => pixels, part: async window => part(pixels, window) }
}
