import { DECODER_THREADS } from '@tiny-face/command-shell'
import { encodePng, mapAhead, type Pixels } from '@tiny-face/image-stream'
import { copyRecord, type DataMap, type Tensor, tensorValues } from '@tiny-face/record-stream'
import { DataError, placed, type RecordId } from '@tiny-face/safe-files'
import { type AlignedFace, type AlignPhotoOptions, alignPhoto, type FoundFace } from './align-photo.js'
import type { FaceDetector } from './detect/face-detector.js'
import { CHANNELS } from './detect/resize-area.js'
import type { Shortcoming } from './measure/face-measures.js'

export interface AlignRecordsOptions extends AlignPhotoOptions {
  /** Goes on past photos that are damaged or no photos, and tells them as rejects; without it the first is thrown. */
  skipDamaged?: boolean
  /** How many photos are under way at a time. */
  threads?: number
  /** What the records come from, for messages. */
  source?: string
}

/** What did not become an aligned face: a photo, or one of its faces. */
export interface RecordReject {
  id: RecordId
  reason: 'no face' | Shortcoming | 'damaged' | 'other side of its pair'
  /** Of a damaged photo, what is wrong with it. */
  message?: string
  face?: FaceField
}

/** What was made of a record, or of the two of a pair. */
export interface AlignedRecords {
  photos: number
  /** Of the encoded photos. */
  bytes: number
  faces: (DataMap & { image: Uint8Array; face: FaceField })[]
  rejects: RecordReject[]
}

/** A record's field `face`: where the aligned face is from, in pixels of the photo when it is upright, and what was measured. */
export interface FaceField {
  /** Left, top, width, height; may reach beyond the photo. */
  box: number[]
  /** The eye at the left of the photo, the other eye, the nose's tip, the mouth's corner at the left, the other. */
  points: number[][]
  score: number
  /** Its place among the faces of the photo, the best score first, from 1 to `of`. */
  index: number
  of: number
  /** Pixels of the photo between the eyes. */
  eyes: number
  sharpness?: number | undefined
  /** Degrees. */
  yaw: number
  pitch: number
  roll: number
}

/**
 * Makes of each record's photo (`image`, or `pixels`) records of aligned faces: `image` a PNG, `face` where it is from. With `faces: 'all'`, `#1`, `#2` …
 * by `index` follow the photo's `id`. All other fields are passed on, but for what is of the photo's own pixels. Of the two photos of a pair
 * (`pair`), both become faces or neither does.
 *
 * @throws DataError, naming the record, for one without a photo, a damaged one unless they are skipped, and for a pair of which all faces are asked for
 */
export async function* alignRecords(
  records: Iterable<DataMap>,
  detector: FaceDetector,
  options: AlignRecordsOptions = {},
): AsyncGenerator<AlignedRecords> {
  const align = (numbered: Numbered) => alignRecord(numbered, detector, options)
  let side: Aligned | undefined
  for await (const aligned of mapAhead(numberedCopies(records), options.threads ?? DECODER_THREADS, align)) {
    if (side !== undefined) {
      yield pairOf(side, aligned, options)
      side = undefined
    } else if (aligned.record.pair === undefined) yield aligned
    else side = aligned
  }
  if (side !== undefined) throw missingSide(side, options)
}

interface Numbered {
  record: DataMap
  number: number
}

interface Aligned extends AlignedRecords, Numbered {}

function* numberedCopies(records: Iterable<DataMap>): Generator<Numbered> {
  let number = 0
  for (const record of records) yield { record: copyRecord(record), number: number++ }
}

async function alignRecord(
  { record, number }: Numbered,
  detector: FaceDetector,
  options: AlignRecordsOptions,
): Promise<Aligned> {
  const id = record.id ?? number
  const bytes = record.image?.length ?? record.pixels?.data.length ?? 0
  const known = { record, number, photos: 1, bytes }
  try {
    if (record.pair !== undefined && options.faces === 'all') {
      throw new DataError({ message: 'is one of a pair, which needs one face of each photo, and not all' })
    }
    const { faces, rejects, found } = await alignPhoto(record.image ?? pixelsOf(record.pixels), detector, options)
    return {
      ...known,
      faces: await Promise.all(faces.map(face => faceRecord(record, id, face, found, options.faces === 'all'))),
      rejects: rejects.map(({ reason, face }) => ({ id, reason, face: face && faceField(face, found) })),
    }
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    if (options.skipDamaged && record.image !== undefined) {
      return { ...known, faces: [], rejects: [{ id, reason: 'damaged', message: error.message }] }
    }
    throw placed(error, { file: options.source, record: number, id: record.id })
  }
}

/** @throws DataError where there are no pixels, or not those of a picture in colour */
function pixelsOf(tensor: Tensor | undefined): Pixels {
  if (tensor === undefined) throw new DataError({ expected: 'an image or pixels', found: 'neither' })
  const pixels = tensorValues(tensor)
  const [height, width, channels] = tensor.shape
  if (pixels instanceof Uint8Array && tensor.shape.length === 3 && channels === CHANNELS && pixels.length > 0) {
    return { pixels, height: height!, width: width! }
  }
  throw new DataError({ expected: 'pixels of uint8 [height, width, 3]', found: `${tensor.dtype} [${tensor.shape}]` })
}

async function faceRecord(
  record: DataMap,
  id: RecordId,
  face: AlignedFace,
  of: number,
  severalOfPhoto: boolean,
): Promise<DataMap & { image: Uint8Array; face: FaceField }> {
  // All these are made of, or restore, the photo's own pixels.
  const { pixels: _, embedding: __, flipped: ___, recordio: ____, example: _____, payload: ______, ...rest } = record
  return {
    ...rest,
    id: severalOfPhoto ? `${id}#${face.index}` : id,
    image: await encodePng(face.aligned),
    face: faceField(face, of),
  }
}

function faceField({ box, points, score, index, measures }: FoundFace, of: number): FaceField {
  const { eyes, sharpness, yaw, pitch, roll } = measures
  const pixels = (values: readonly number[]) => values.map(value => rounded(value, 2))
  return {
    box: pixels(box),
    points: points.map(pixels),
    score: rounded(score, 4),
    index,
    of,
    eyes: rounded(eyes, 2),
    sharpness: sharpness && rounded(sharpness, 2),
    yaw: rounded(yaw, 1),
    pitch: rounded(pitch, 1),
    roll: rounded(roll, 1),
  }
}

function rounded(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits
}

/** Both sides' faces, or neither's. */
function pairOf(one: Aligned, other: Aligned, options: AlignRecordsOptions): AlignedRecords {
  if (other.record.pair?.index !== one.record.pair!.index) throw missingSide(one, options)
  const isWhole = [one, other].every(({ faces }) => faces.length > 0)
  const left = isWhole ? [] : [one, other].filter(({ faces }) => faces.length > 0)
  return {
    photos: one.photos + other.photos,
    bytes: one.bytes + other.bytes,
    faces: isWhole ? [...one.faces, ...other.faces] : [],
    rejects: [
      ...one.rejects,
      ...other.rejects,
      ...left.map(({ record, number }) => ({ id: record.id ?? number, reason: 'other side of its pair' as const })),
    ],
  }
}

function missingSide({ record, number }: Numbered, { source }: AlignRecordsOptions): DataError {
  const expected = `the other side of pair ${record.pair!.index} behind it`
  return new DataError({ file: source, record: number, id: record.id, expected, found: 'another record, or none' })
}
