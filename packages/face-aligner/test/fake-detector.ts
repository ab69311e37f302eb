import type { Pixels } from '@tiny-face/image-stream'
import { mapPoints, templatePoints } from '../src/align/template.js'
import { scaleFaces } from '../src/detect/detection-size.js'
import type { Box, DetectedFace, FaceDetector, FivePoints } from '../src/detect/face-detector.js'

export interface FakeDetector extends FaceDetector {
  /** The sizes of the pictures that it was given. */
  readonly seen: { width: number; height: number }[]
}

/** A detector that finds these faces, whatever it is given: a picture of `size` where one is known, reduced or not. */
export function fakeDetector(faces: DetectedFace[], size?: { width: number; height: number }): FakeDetector {
  const seen: FakeDetector['seen'] = []
  return {
    seen,
    async detect({ width, height }: Pixels) {
      seen.push({ width, height })
      return scaleFaces(faces, size ?? { width, height }, { width, height })
    },
    async close() {},
  }
}

/** A face as the arcface template has it, `eyes` pixels from eye to eye, whose square begins at `left`, `top`. */
export function faceAt(left: number, top: number, eyes: number, score = 0.9): DetectedFace {
  const scale = eyes / 35.2377
  const points = mapPoints(templatePoints('arcface', 112), ([x, y]) => [left + x * scale, top + y * scale])
  const box: Box = [left + 16 * scale, top + 8 * scale, 80 * scale, 96 * scale]
  return { box, points, score }
}

/** The points, moved as the nose of a face that looks to the right of the picture moves. */
export function lookingRight({ box, points, score }: DetectedFace): DetectedFace {
  const eyes = points[1][0] - points[0][0]
  const turned = points.map(([x, y], i) => (i === 2 ? [x + eyes * 0.45, y] : [x, y])) as unknown as FivePoints
  return { box, points: turned, score }
}
