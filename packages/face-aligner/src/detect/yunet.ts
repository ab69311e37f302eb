/*
 * YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector", 2023), run and read as OpenCV's FaceDetectorYN does
 * (modules/objdetect/src/face_detect.cpp). For each stride s and each cell of s x s pixels, in column c and row r:
 *
 *   cls_s, obj_s  [1, cells, 1]    score sqrt(cls obj)
 *   bbox_s        [1, cells, 4]    the box's middle ((c + b0) s, (r + b1) s), its width exp(b2) s and height exp(b3) s
 *   kps_s         [1, cells, 10]   points ((c + k0) s, (r + k1) s), …
 *
 * Its input is BGR, 0 to 255, with sides that are multiples of 32.
 */
import type { Pixels } from '@tiny-face/image-stream'
import type { OnnxSession } from '@tiny-face/onnx-session'
import type { DetectedFace, Point } from './face-detector.js'
import { levelValues, paddedSize, STRIDES } from './feature-levels.js'
import { planarInput } from './planar-input.js'
import { type Proposal, suppressOverlaps } from './suppress-overlaps.js'

/** The outputs by which the network is known. */
export const YUNET_OUTPUTS: readonly string[] = STRIDES.flatMap(stride =>
  ['cls', 'obj', 'bbox', 'kps'].map(name => `${name}_${stride}`),
)

/** FaceDetectorYN's own figures. */
const MAX_OVERLAP = 0.3
const MAX_PROPOSALS = 5000

const BGR = { order: 'bgr', values: Float32Array.from({ length: 256 }, (_, value) => value) } as const

interface FaceProposal extends Proposal {
  readonly face: DetectedFace
}

/** Finds the faces of a picture `[height, width, 3]` in its own size, the best first. */
export async function detectWithYunet(
  session: OnnxSession,
  file: string,
  picture: Pixels,
  minScore: number,
): Promise<DetectedFace[]> {
  const size = paddedSize(picture)
  const outputs = await session.run({ [session.inputs[0]!.name]: planarInput(picture, size, BGR) }, {}, YUNET_OUTPUTS)
  const proposals = STRIDES.flatMap(stride => {
    const columns = size.width / stride
    const cells = columns * (size.height / stride)
    const values = (name: string, width: number) => levelValues(outputs, `${name}_${stride}`, cells * width, file)
    return facesOfCells(
      { cls: values('cls', 1), obj: values('obj', 1), bbox: values('bbox', 4), kps: values('kps', 10) },
      { stride, columns },
      minScore,
    )
  })
  const best = proposals.map(boxInWholePixels).toSorted((one, other) => other.score - one.score)
  return suppressOverlaps(best.slice(0, MAX_PROPOSALS), MAX_OVERLAP, overlapOfRectangles).map(({ face }) => face)
}

/** Faces of one level, in the order of its cells: those whose score is at least `minScore`. */
export function facesOfCells(
  { cls, obj, bbox, kps }: Readonly<Record<'cls' | 'obj' | 'bbox' | 'kps', Float32Array>>,
  { stride, columns }: { stride: number; columns: number },
  minScore: number,
): DetectedFace[] {
  const faces: DetectedFace[] = []
  for (let cell = 0; cell < cls.length; cell++) {
    const score = Math.sqrt(share(cls[cell]!) * share(obj[cell]!))
    if (!(score >= minScore)) continue
    const column = cell % columns
    const row = Math.floor(cell / columns)
    const width = Math.exp(bbox[4 * cell + 2]!) * stride
    const height = Math.exp(bbox[4 * cell + 3]!) * stride
    const left = (column + bbox[4 * cell]!) * stride - width / 2
    const top = (row + bbox[4 * cell + 1]!) * stride - height / 2
    const point = (k: number): Point => [
      (column + kps[10 * cell + 2 * k]!) * stride,
      (row + kps[10 * cell + 2 * k + 1]!) * stride,
    ]
    if (!Number.isFinite(left + top + width + height)) continue
    faces.push({ box: [left, top, width, height], points: [point(0), point(1), point(2), point(3), point(4)], score })
  }
  return faces
}

function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** FaceDetectorYN compares boxes whose corner and sides have lost what is behind the point. */
function boxInWholePixels(face: DetectedFace): FaceProposal {
  const [left, top, width, height] = face.box.map(Math.trunc) as [number, number, number, number]
  return { left, top, right: left + width, bottom: top + height, score: face.score, face }
}

/** Intersection over union of boxes that end before their right and bottom. */
function overlapOfRectangles(one: Proposal, other: Proposal): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left)
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top)
  const shared = width > 0 && height > 0 ? width * height : 0
  const both = area(one) + area(other)
  return both > 0 ? shared / (both - shared) : 1
}

function area({ left, top, right, bottom }: Proposal): number {
  return (right - left) * (bottom - top)
}
