/**
 * Writes insightface's verification set, whose layout is in read-bin.ts, as pickle protocol 3: the first with bytes of its
 * own, and what the published lfw.bin is in. Every Python 3 reads it, with or without `encoding='bytes'`. (Protocol 2 would
 * do for Python 2 as well, but Python 3 then needs `encoding='bytes'`; 4 adds only frames.)
 *
 *     PROTO 3  EMPTY_LIST  (MARK  BINBYTES length bytes  BINBYTES length bytes  APPENDS) for each pair
 *              EMPTY_LIST  (MARK  (NEWTRUE | NEWFALSE) for each pair            APPENDS) for every 1,000 pairs
 *              TUPLE2  STOP
 */

import { imageFormat } from '@tiny-face/file-signatures'
import type { DataMap } from '@tiny-face/record-stream'
import { DataError, type RecordId } from '@tiny-face/safe-files'

const PROTO_3_AND_EMPTY_LIST = Uint8Array.of(0x80, 3, 0x5d) // ]
const MARK = Uint8Array.of(0x28) // (
const APPENDS = Uint8Array.of(0x65) // e
const EMPTY_LIST = Uint8Array.of(0x5d) // ]
const BINBYTES = 0x42 // B
const NEWTRUE = 0x88
const NEWFALSE = 0x89
const TUPLE2_STOP = Uint8Array.of(0x86, 0x2e) // .
/** As Python's pickle does: what reads it has so many on its stack at a time. */
const ANSWERS_OF_ONE_APPENDS = 1000

/** Bytes handed on at a time. */
const PIECE = 1 << 20
/** Pairs, and bytes of an image, that there is room for at first. */
const ANSWERS = 1 << 10
const IMAGE = 1 << 16

/**
 * Writes the pairs of `records` in the order in which they come, which decides insightface's folds. The two sides of a pair
 * come one after the other, either first; `pair.index` rises from pair to pair, and gaps in it are closed (a selection of pairs
 * is a set of its own). Holds two images, and a byte per pair.
 *
 * @param write takes the file, piece by piece
 * @param source of the records, for messages
 * @returns the number of pairs
 * @throws DataError for a record without a JPEG or PNG, or without pair, for half a pair, for pairs out of order, and for no pair at all
 */
export function writeBin(records: Iterable<DataMap>, write: (bytes: Uint8Array) => void, source?: string): number {
  let answers = new Uint8Array(ANSWERS)
  let pairs = 0
  const put = inPieces(write)
  put(PROTO_3_AND_EMPTY_LIST)
  for (const pair of wholePairs(records, source)) {
    put(MARK)
    for (const image of pair.images) {
      put(bytesHeader(image.length))
      put(image)
    }
    put(APPENDS)
    if (pairs === answers.length) answers = grown(answers, 2 * pairs)
    answers[pairs++] = pair.same ? NEWTRUE : NEWFALSE
  }
  if (pairs === 0) throw new DataError({ file: source, expected: 'at least one pair', found: 'none' })
  put(EMPTY_LIST)
  for (let from = 0; from < pairs; from += ANSWERS_OF_ONE_APPENDS) {
    put(MARK)
    put(answers.subarray(from, Math.min(from + ANSWERS_OF_ONE_APPENDS, pairs)))
    put(APPENDS)
  }
  put(TUPLE2_STOP)
  put()
  return pairs
}

/** Gathers what is put into pieces of a useful size; putting nothing hands on the rest. */
function inPieces(write: (bytes: Uint8Array) => void): (bytes?: Uint8Array) => void {
  const piece = new Uint8Array(PIECE)
  let length = 0
  return bytes => {
    if (bytes === undefined || length + bytes.length > PIECE) {
      write(piece.subarray(0, length))
      length = 0
    }
    if (bytes === undefined) return
    if (bytes.length > PIECE) write(bytes)
    else {
      piece.set(bytes, length)
      length += bytes.length
    }
  }
}

interface WholePair {
  same: boolean
  /** Side 0 and side 1, valid until the next pair. */
  images: [Uint8Array, Uint8Array]
}

interface Half {
  id: RecordId
  index: number
  side: 0 | 1
  same: boolean
  image: Uint8Array
}

function* wholePairs(records: Iterable<DataMap>, source: string | undefined): Generator<WholePair> {
  let first: Half | undefined
  let held = new Uint8Array(IMAGE)
  let lastIndex = -1
  let count = 0
  for (const record of records) {
    const half = halfOf(record, count++, source)
    if (!first) {
      if (half.index <= lastIndex) throw wrongHalf(half, `a pair after pair ${lastIndex}`, source)
      // A copy: the stream's bytes are gone with the next record.
      const { length } = half.image
      if (length > held.length) held = new Uint8Array(2 * length)
      held.set(half.image)
      first = { ...half, image: held.subarray(0, length) }
      continue
    }
    if (half.index !== first.index || half.side === first.side || half.same !== first.same) {
      throw wrongHalf(half, placeOf({ ...first, side: first.side === 0 ? 1 : 0 }), source)
    }
    yield { same: half.same, images: half.side === 1 ? [first.image, half.image] : [half.image, first.image] }
    lastIndex = half.index
    first = undefined
  }
  if (first) {
    throw new DataError({
      file: source,
      message: `the stream ends within pair ${first.index}, of which it has only side ${first.side}`,
    })
  }
}

/** A record's side of its pair. */
function halfOf({ id, image, pair }: DataMap, record: number, source: string | undefined): Half {
  const where = { file: source, record, id }
  if (!image) throw new DataError({ ...where, expected: 'an image', found: 'none' })
  const format = imageFormat(image)
  if (format !== 'jpeg' && format !== 'png') {
    const found = format?.toUpperCase() ?? 'bytes that are no image'
    throw new DataError({ ...where, expected: 'a JPEG or PNG', found })
  }
  if (!pair) throw new DataError({ ...where, expected: 'a pair (as record-pairs gives it)', found: 'none' })
  const { index, side, same } = pair
  if (!Number.isSafeInteger(index) || index < 0 || (side !== 0 && side !== 1) || typeof same !== 'boolean') {
    const expected = 'a pair of index (whole number), side (0 or 1) and same (boolean)'
    throw new DataError({ ...where, expected, found: JSON.stringify({ index, side, same }) })
  }
  return { id: id ?? record, index, side, same, image }
}

function wrongHalf(half: Half, expected: string, source: string | undefined): DataError {
  return new DataError({ file: source, id: half.id, expected, found: placeOf(half) })
}

function placeOf({ index, side, same }: Pick<Half, 'index' | 'side' | 'same'>): string {
  return `side ${side} of pair ${index} (${same ? 'same' : 'different'})`
}

function bytesHeader(length: number): Uint8Array {
  const header = Buffer.allocUnsafe(5)
  header[0] = BINBYTES
  header.writeUInt32LE(length, 1)
  return header
}

function grown(bytes: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(size)
  larger.set(bytes)
  return larger
}
