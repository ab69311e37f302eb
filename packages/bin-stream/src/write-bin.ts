/**
 * Writes insightface's verification set, whose layout is in read-bin.ts, as pickle protocol 3: the first with bytes of its
 * own, and what the published lfw.bin is in. Every Python 3 reads it, with or without `encoding='bytes'`. (Protocol 2 would
 * do for Python 2 as well, but Python 3 then needs `encoding='bytes'`; 4 adds only frames.)
 *
 *     PROTO 3  EMPTY_LIST  (MARK  BINBYTES length bytes  BINBYTES length bytes  APPENDS) for each pair
 *              EMPTY_LIST   MARK  (NEWTRUE | NEWFALSE) for each pair            APPENDS
 *              TUPLE2  STOP
 */
import { DataError, type DataMap, type RecordId } from '@tiny-face/record-stream'

const PROTO_3 = [0x80, 3]
const EMPTY_LIST = 0x5d // ]
const MARK = 0x28 // (
const APPENDS = 0x65 // e
const BINBYTES = 0x42 // B
const NEWTRUE = 0x88
const NEWFALSE = 0x89
const TUPLE2 = 0x86
const STOP = 0x2e // .

/** Bytes handed on at a time. */
const PIECE = 1 << 20

/**
 * Writes the pairs of `records` in the order in which they come, which decides insightface's folds. The two sides of a pair
 * come one after the other, either first; `pair.index` rises from pair to pair, and gaps in it are closed (a selection of pairs
 * is a set of its own). Holds two images, and a byte per pair.
 *
 * @param write takes the file, piece by piece
 * @param source of the records, for messages
 * @returns the number of pairs
 * @throws DataError for a record without image or pair, for half a pair, and for pairs out of order
 */
export function writeBin(records: Iterable<DataMap>, write: (bytes: Uint8Array) => void, source?: string): number {
  const same: number[] = []
  const put = inPieces(write)
  put(Uint8Array.from([...PROTO_3, EMPTY_LIST]))
  for (const pair of wholePairs(records, source)) {
    put(Uint8Array.of(MARK))
    for (const image of pair.images) put(image)
    put(Uint8Array.of(APPENDS))
    same.push(pair.same ? NEWTRUE : NEWFALSE)
  }
  put(Uint8Array.from([EMPTY_LIST, MARK]))
  put(Uint8Array.from(same))
  put(Uint8Array.from([APPENDS, TUPLE2, STOP]))
  put()
  return same.length
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
  /** Side 0 and side 1, each pickled. */
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
  let lastIndex = -1
  let count = 0
  for (const record of records) {
    const half = halfOf(record, count++, source)
    if (!first) {
      if (half.index <= lastIndex) throw wrongHalf(half, `a pair after pair ${lastIndex}`, source)
      first = half
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

/** A record's side of its pair, its image pickled (and thereby copied: the stream's is gone with the next record). */
function halfOf({ id, image, pair }: DataMap, record: number, source: string | undefined): Half {
  const where = { file: source, record, id }
  if (!image) throw new DataError({ ...where, expected: 'an image', found: 'none' })
  if (!pair) throw new DataError({ ...where, expected: 'a pair (as record-pairs gives it)', found: 'none' })
  const { index, side, same } = pair
  if (!Number.isSafeInteger(index) || index < 0 || (side !== 0 && side !== 1) || typeof same !== 'boolean') {
    const expected = 'a pair of index (whole number), side (0 or 1) and same (boolean)'
    throw new DataError({ ...where, expected, found: JSON.stringify({ index, side, same }) })
  }
  return { id: id ?? record, index, side, same, image: pickledBytes(image) }
}

function wrongHalf(half: Half, expected: string, source: string | undefined): DataError {
  return new DataError({ file: source, id: half.id, expected, found: placeOf(half) })
}

function placeOf({ index, side, same }: Pick<Half, 'index' | 'side' | 'same'>): string {
  return `side ${side} of pair ${index} (${same ? 'same' : 'different'})`
}

function pickledBytes(bytes: Uint8Array): Uint8Array {
  const pickled = Buffer.allocUnsafe(5 + bytes.length)
  pickled[0] = BINBYTES
  pickled.writeUInt32LE(bytes.length, 1)
  pickled.set(bytes, 5)
  return pickled
}
