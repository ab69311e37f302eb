/*
 * A calibration as a file: one JSON object, which `face-calibrate` writes and `face-identify` reads.
 *
 *     {
 *       "calibration": 1,                  the version of this layout
 *       "far": 0.0001,                     the false accept rate that was asked for
 *       "threshold": 1.2345,               accept where the squared distance of two templates is strictly below it
 *       "cosine": 0.38275,                 the same as a cosine similarity: accept above it
 *       "confidence": 0.95,
 *       "far_interval": [4e-5, 2e-4],      where the true false accept rate at the threshold lies
 *       "threshold_interval": [1.21, 1.26] where the threshold lies whose true rate is the wanted one
 *       "smallest_far": 2.4e-5,            what so many people can support
 *       "impostor_pairs": 9000000,         pairs of faces of two people, and those of them that are accepted
 *       "false_accepts": 899,
 *       "effective_pairs": 2500000.5,      as many independent pairs would tell the rate as surely
 *       "people": 500,
 *       "faces": 4300,                     compared, and read
 *       "faces_seen": 4300,
 *       "embedding_size": 512,
 *       "flip": true,                      whether a template is the sum with the mirror image's embedding
 *       "model": {"name": …, "sha256": …, "preprocess": …}    where the stream says which network it was
 *     }
 */
import { flag, number, object, optional, readJson, text, tuple, whole } from '@tiny-face/checked-json'
import { DataError } from '@tiny-face/safe-files'
import type { Calibration } from './calibrate.js'
import { CONFIDENCE } from './false-accept-interval.js'

const VERSION = 1

const interval = (maximum: number) => tuple([number(0, maximum), number(0, maximum)])
const SCHEMA = object({
  calibration: number(VERSION, VERSION),
  far: number(0, 1),
  threshold: number(0, 4),
  cosine: number(-1, 1),
  confidence: number(CONFIDENCE, CONFIDENCE),
  far_interval: interval(1),
  threshold_interval: interval(4),
  smallest_far: number(0, 1),
  impostor_pairs: whole(1),
  false_accepts: whole(0),
  effective_pairs: number(0),
  people: whole(2),
  faces: whole(2),
  faces_seen: whole(2),
  embedding_size: whole(1),
  flip: flag,
  model: optional(object({ name: text, sha256: text, preprocess: text })),
})

export function calibrationJson({ model, ...calibration }: Calibration): string {
  const { far, threshold, cosine, confidence, people, faces, flip } = calibration
  return `${JSON.stringify({
    calibration: VERSION,
    far,
    threshold,
    cosine,
    confidence,
    far_interval: calibration.farInterval,
    threshold_interval: calibration.thresholdInterval,
    smallest_far: calibration.smallestFar,
    impostor_pairs: calibration.impostorPairs,
    false_accepts: calibration.falseAccepts,
    effective_pairs: calibration.effectivePairs,
    people,
    faces,
    faces_seen: calibration.facesSeen,
    embedding_size: calibration.embeddingSize,
    flip,
    ...(model === undefined ? {} : { model }),
  })}\n`
}

/** @throws DataError where the file is no calibration: names the first field that is not as it should be */
export function readCalibration(file: string): Calibration {
  const read = readJson(file, SCHEMA)
  return {
    far: read.far,
    threshold: read.threshold,
    cosine: read.cosine,
    confidence: CONFIDENCE,
    farInterval: read.far_interval,
    thresholdInterval: read.threshold_interval,
    smallestFar: read.smallest_far,
    impostorPairs: read.impostor_pairs,
    falseAccepts: read.false_accepts,
    effectivePairs: read.effective_pairs,
    people: read.people,
    faces: read.faces,
    facesSeen: read.faces_seen,
    embeddingSize: read.embedding_size,
    flip: read.flip,
    ...(read.model === undefined ? {} : { model: read.model }),
  }
}

/** What a calibration must agree on with the embeddings that it is used for. */
export type EmbeddingKind = Pick<Calibration, 'embeddingSize' | 'flip' | 'model'>

/** @throws DataError where a threshold that was found for some embeddings means nothing for these */
export function checkCalibration(calibration: Calibration, embeddings: EmbeddingKind, file?: string): void {
  const kind = ({ embeddingSize, flip, model }: EmbeddingKind, withModel: boolean) => {
    const name = withModel ? ` of ${model!.name} (${model!.sha256.slice(0, 12)}, ${model!.preprocess})` : ''
    return `embeddings of ${embeddingSize} numbers ${flip ? 'with' : 'without'} mirror images${name}`
  }
  // Who made the embeddings can be compared only where both say it.
  const named = calibration.model !== undefined && embeddings.model !== undefined
  const differ =
    calibration.embeddingSize !== embeddings.embeddingSize ||
    calibration.flip !== embeddings.flip ||
    (named &&
      (calibration.model!.sha256 !== embeddings.model!.sha256 ||
        calibration.model!.preprocess !== embeddings.model!.preprocess))
  if (!differ) return
  throw new DataError({
    file,
    expected: `a calibration for ${kind(embeddings, named)}`,
    found: `one for ${kind(calibration, named)}`,
  })
}
