import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Pixels } from '@tiny-face/image-stream'
import { type OnnxSession, openSession, type SessionOptions } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import { neededDetector } from '../install/install-detector.js'
import { DETECTOR_NAMES } from '../install/pinned-detectors.js'
import { DETECTION_SIDE, fitted, type Size, scaleFaces } from './detection-size.js'
import type { DetectedFace, FaceDetector } from './face-detector.js'
import { paddedSize } from './feature-levels.js'
import { detectWithMtcnn } from './mtcnn.js'
import { CHANNELS, resizeArea } from './resize-area.js'
import { detectWithScrfd, SCRFD_WIDTHS } from './scrfd.js'
import { detectWithYunet, YUNET_OUTPUTS } from './yunet.js'

export interface DetectorOptions {
  /** Threads that one operator may use; onnxruntime's own choice where left out. */
  readonly threads?: number
  /** Faces of a lower score are left out; the detector's own default where left out. */
  readonly minScore?: number
  /** A picture whose longest side is above this many pixels is reduced to it before faces are looked for; DETECTION_SIDE where left out. */
  readonly longestSide?: number
}

/** A network that finds faces in a picture as large as it is, the best first. */
interface Finder {
  readonly sessions: readonly OnnxSession[]
  readonly minScore: number
  /** What the network is given whatever the picture, where it can be given nothing else. */
  readonly size?: Size
  find(picture: Pixels, minScore: number): Promise<DetectedFace[]>
}

/**
 * Of 100 scenes with 405 faces of 24 to 300 pixels YuNet finds at 640 pixels, with a score of 0.6 or more, 333 faces that are there and 3 that
 * are not; with OpenCV's own 0.9 it finds 200 and none. Those of MTCNN and SCRFD are their authors'.
 */
const [YUNET_SCORE, MTCNN_SCORE, SCRFD_SCORE] = [0.6, 0.7, 0.5]

/**
 * Opens a detector of faces.
 *
 * @param nameOrFile `yunet` or `mtcnn` where they are installed, or the file of a YuNet or an SCRFD network in ONNX
 * @throws DataError where the detector is not installed, or the file is none that is known here
 */
export async function openDetector(nameOrFile: string, options: DetectorOptions = {}): Promise<FaceDetector> {
  const { threads, longestSide = DETECTION_SIDE } = options
  const finder = await openFinder(nameOrFile, { threads, spinning: false })
  const minScore = options.minScore ?? finder.minScore
  const bounds = finder.size ?? { width: longestSide, height: longestSide }
  return {
    async detect(picture) {
      checkPicture(picture)
      const size = fitted(picture, bounds)
      return scaleFaces(await finder.find(resizeArea(picture, size), minScore), size, picture)
    },
    async close() {
      for (const session of finder.sessions) await session.close()
    },
  }
}

async function openFinder(nameOrFile: string, options: SessionOptions): Promise<Finder> {
  if (nameOrFile === 'yunet') return yunetFinder(join(neededDetector('yunet'), YUNET_FILE), options)
  if (nameOrFile === 'mtcnn') return mtcnnFinder(neededDetector('mtcnn'), options)
  if (!existsSync(nameOrFile))
    throw new DataError({ expected: `a detector: ${DETECTOR_NAMES.join(', ')}, or an ONNX file`, found: nameOrFile })
  const session = await openSession(nameOrFile, options)
  if (isYunet(session)) {
    await session.close()
    return yunetFinder(nameOrFile, options)
  }
  if (isScrfd(session)) return scrfdFinder(session, nameOrFile)
  await session.close()
  throw new DataError({
    file: nameOrFile,
    expected:
      'a detector of faces and five points: YuNet (outputs cls_8 … kps_32) or SCRFD (scores, boxes, points of three strides)',
    found: shownInterface(session),
  })
}

const YUNET_FILE = 'face_detection_yunet_2023mar.onnx'

async function yunetFinder(file: string, options: SessionOptions): Promise<Finder> {
  const session = await openSession(file, { ...options, freeSizes: true })
  return {
    sessions: [session],
    minScore: YUNET_SCORE,
    find: (picture, minScore) => detectWithYunet(session, file, picture, minScore),
  }
}

async function mtcnnFinder(folder: string, options: SessionOptions): Promise<Finder> {
  const open = (name: string) => openSession(join(folder, `${name}.onnx`), options)
  const [pnet, rnet, onet] = [await open('pnet'), await open('rnet'), await open('onet')]
  return {
    sessions: [pnet, rnet, onet],
    minScore: MTCNN_SCORE,
    find: (picture, minScore) => detectWithMtcnn({ pnet, rnet, onet }, picture, minScore),
  }
}

function scrfdFinder(session: OnnxSession, file: string): Finder {
  const [, , height, width] = session.inputs[0]!.shape
  const size = width == null || height == null ? undefined : { width, height }
  return {
    sessions: [session],
    minScore: SCRFD_SCORE,
    size,
    find: (picture, minScore) => detectWithScrfd(session, file, picture, size ?? paddedSize(picture), minScore),
  }
}

function isYunet({ inputs, outputs }: OnnxSession): boolean {
  return takesPictures(inputs) && YUNET_OUTPUTS.every(wanted => outputs.some(({ name }) => name === wanted))
}

function isScrfd({ inputs, outputs }: OnnxSession): boolean {
  return (
    takesPictures(inputs) &&
    outputs.length === SCRFD_WIDTHS.length &&
    outputs.every(({ shape }, i) => (shape.at(-1) ?? SCRFD_WIDTHS[i]) === SCRFD_WIDTHS[i])
  )
}

/** Whether there is one input, float32 `[1, 3, height, width]`. */
function takesPictures(inputs: OnnxSession['inputs']): boolean {
  const [{ dtype, shape } = { dtype: '', shape: [] }, ...others] = inputs
  const [batch, channels] = shape
  return others.length === 0 && dtype === 'float32' && shape.length === 4 && (batch ?? 1) === 1 && channels === CHANNELS
}

/** In a few words: what goes in and comes out. */
function shownInterface({ inputs, outputs }: OnnxSession): string {
  const shown = (values: OnnxSession['inputs']) =>
    values
      .slice(0, MAX_SHOWN)
      .map(({ name, shape }) => `${name} [${shape.map(side => side ?? '?').join(', ')}]`)
      .join(', ') + (values.length > MAX_SHOWN ? ', …' : '')
  return `${shown(inputs)} to ${shown(outputs)}`
}

const MAX_SHOWN = 3

/** @throws RangeError where the pixels are no picture `[height, width, 3]` */
function checkPicture({ pixels, width, height }: Pixels): void {
  if (width > 0 && height > 0 && pixels.length === width * height * CHANNELS) return
  throw new RangeError(`${pixels.length} bytes are no picture of ${width}x${height} in RGB`)
}
