/*
 * SCRFD (Guo, Deng, Lattas and Zafeiriou, "Sample and Computation Redistribution for Efficient Face Detection", 2021), read as insightface
 * does (python-package/insightface/model_zoo/scrfd.py). The network has nine outputs, known by their order alone: scores of the three
 * strides, boxes of the three, points of the three. Each cell of s x s pixels, in column c and row r, has two anchors:
 *
 *   scores  [cells x 2, 1]     0 to 1
 *   boxes   [cells x 2, 4]     how far left, up, right and down of the cell's corner (c s, r s) the box reaches, in strides
 *   points  [cells x 2, 10]    points ((c + k0) s, (r + k1) s), …
 *
 * with a batch axis of 1 in front of them or without. Its input is RGB, (value - 127.5) / 128.
 */
import type { Pixels } from '@tiny-face/image-stream'
import type { OnnxSession } from '@tiny-face/onnx-session'
import type { Size } from './detection-size.js'
import type { DetectedFace, Point } from './face-detector.js'
import { levelValues, STRIDES } from './feature-levels.js'
import { planarInput } from './planar-input.js'
import { overlapOfUnion, type Proposal, suppressOverlaps } from './suppress-overlaps.js'

/** The lengths of the last axes of the outputs, by which the network is known. */
export const SCRFD_WIDTHS: readonly number[] = [1, 1, 1, 4, 4, 4, 10, 10, 10]

const ANCHORS = 2
/** insightface's own. */
const MAX_OVERLAP = 0.4
/** So that a file that finds a face everywhere does not take hours. */
const MAX_PROPOSALS = 5000

const RGB = { order: 'rgb', values: Float32Array.from({ length: 256 }, (_, v) => (v - 127.5) / 128) } as const

interface FaceProposal extends Proposal {
  readonly face: DetectedFace
}

/**
 * Finds the faces of a picture `[height, width, 3]` in its own size, the best first.
 *
 * @param size what the network is given: at least the picture, sides of multiples of 32
 */
export async function detectWithScrfd(
  session: OnnxSession,
  file: string,
  picture: Pixels,
  size: Size,
  minScore: number,
): Promise<DetectedFace[]> {
  const outputs = await session.run({ [session.inputs[0]!.name]: planarInput(picture, size, RGB) })
  const proposals = STRIDES.flatMap((stride, level) => {
    const columns = size.width / stride
    const anchors = columns * (size.height / stride) * ANCHORS
    const values = (part: number, width: number) =>
      levelValues(outputs, session.outputs[STRIDES.length * part + level]!.name, anchors * width, file)
    return facesOfAnchors(
      { scores: values(0, 1), boxes: values(1, 4), points: values(2, 10) },
      { stride, columns },
      minScore,
    )
  })
  const best = proposals.map(withCorners).toSorted((one, other) => other.score - one.score)
  return suppressOverlaps(best.slice(0, MAX_PROPOSALS), MAX_OVERLAP, overlapOfUnion).map(({ face }) => face)
}

/** Faces of one level, in the order of its anchors: those whose score is at least `minScore`. */
export function facesOfAnchors(
  { scores, boxes, points }: Readonly<Record<'scores' | 'boxes' | 'points', Float32Array>>,
  { stride, columns }: { stride: number; columns: number },
  minScore: number,
): DetectedFace[] {
  const faces: DetectedFace[] = []
  for (let anchor = 0; anchor < scores.length; anchor++) {
    const score = scores[anchor]!
    if (!(score >= minScore)) continue
    const cell = Math.floor(anchor / ANCHORS)
    const column = cell % columns
    const row = Math.floor(cell / columns)
    const [left, up, right, down] = boxes.subarray(4 * anchor, 4 * anchor + 4) as unknown as [
      number,
      number,
      number,
      number,
    ]
    const point = (k: number): Point => [
      (column + points[10 * anchor + 2 * k]!) * stride,
      (row + points[10 * anchor + 2 * k + 1]!) * stride,
    ]
    if (!Number.isFinite(left + up + right + down)) continue
    faces.push({
      box: [(column - left) * stride, (row - up) * stride, (left + right) * stride, (up + down) * stride],
      points: [point(0), point(1), point(2), point(3), point(4)],
      score,
    })
  }
  return faces
}

function withCorners(face: DetectedFace): FaceProposal {
  const [left, top, width, height] = face.box
  return { left, top, right: left + width, bottom: top + height, score: face.score, face }
}
