import type { Pixels } from '@tiny-face/image-stream'

/** In pixels; pixel centres are at whole numbers, as in OpenCV: `0, 0` is the middle of the first pixel. */
export type Point = readonly [x: number, y: number]

/** In pixels; may reach beyond the picture. */
export type Box = readonly [left: number, top: number, width: number, height: number]

/**
 * The five landmarks that every detector here gives: the eye at the left of the picture, the other eye, the nose's tip, the
 * corner of the mouth at the left of the picture, the other corner.
 */
export type FivePoints = readonly [Point, Point, Point, Point, Point]

export interface DetectedFace {
  readonly box: Box
  readonly points: FivePoints
  /** 0 to 1; what it means is the detector's own. */
  readonly score: number
}

export interface FaceDetector {
  /** Faces of a picture `[height, width, 3]`, RGB, 0 to 255; the best score first. */
  detect(picture: Pixels): Promise<DetectedFace[]>
  close(): Promise<void>
}
