import { readChunk } from '@tiny-face/safe-files'

/** Lines longer than that come in parts, which are much shorter: a part's tokens are in memory all at once. */
const LINE_BYTES = 1 << 20
const PART_BYTES = 1 << 16

export interface LinePiece {
  /** Valid until the next piece is asked for. */
  bytes: Buffer
  /** Where it begins: bytes from the start, and the line, from 1. */
  offset: number
  line: number
}

/**
 * The lines of a text, each with its newline; a long line in parts, none of which ends within a character of UTF-8. A byte
 * order mark at the start is left out.
 */
export function* linePieces(fd: number): Generator<LinePiece> {
  const buffer = Buffer.allocUnsafeSlow(2 * LINE_BYTES)
  let start = 0
  let end = 0
  let searched = 0
  let offset = 0
  let line = 1
  let ended = false
  let inParts = false
  for (;;) {
    const newline = buffer.subarray(0, end).indexOf(NEWLINE, searched)
    let size = newline >= 0 ? newline + 1 - start : 0
    if (size === 0 && end - start >= (inParts ? PART_BYTES : LINE_BYTES)) {
      size = wholeCharacters(buffer, start, start + PART_BYTES) - start
      inParts = true
    }
    if (size === 0 && ended) size = end - start
    if (size > 0) {
      yield { bytes: buffer.subarray(start, start + size), offset, line }
      start += size
      offset += size
      searched = newline >= 0 ? start : Math.max(searched, start)
      if (newline >= 0) {
        line++
        inParts = false
      }
      continue
    }
    if (ended) return
    searched = end - start
    buffer.copyWithin(0, start, end)
    end -= start
    start = 0
    const read = readChunk(fd, buffer, end, Math.min(READ_BYTES, buffer.length - end))
    ended = read === 0
    end += read
    if (offset === 0 && end >= 3 && buffer.subarray(0, 3).equals(BYTE_ORDER_MARK)) {
      start = 3
      offset = 3
      searched = 3
    }
  }
}

const NEWLINE = 0x0a
const BYTE_ORDER_MARK = Buffer.of(0xef, 0xbb, 0xbf)
const READ_BYTES = 1 << 18

/** The last place at or before `end` that is not within a character of UTF-8. */
function wholeCharacters(bytes: Uint8Array, start: number, end: number): number {
  for (let at = end - 1; at > start && at > end - 4; at--) {
    if ((bytes[at]! & 0xc0) === 0x80) continue
    const size = bytes[at]! < 0x80 ? 1 : bytes[at]! < 0xe0 ? 2 : bytes[at]! < 0xf0 ? 3 : 4
    return at + size <= end ? end : at
  }
  return end
}
