import type { Entry } from './held-entries.js'

/** Of each entry in a bucket's file, before its bytes: key and length. */
export const HEADER_BYTES = 12
export const BUFFER = 1 << 17
/** Buffers for the next bucket: hundreds come and go in one shuffle, faster than the garbage collector would notice. */
const spare: Buffer[] = []

export function spareBuffer(): Buffer {
  return spare.pop() ?? Buffer.allocUnsafeSlow(BUFFER)
}

export function giveBack(buffer: Buffer): void {
  spare.push(buffer)
}

/**
 * The first `count` entries of a bucket's file; their bytes are valid until the next one is asked for.
 *
 * @param fill reads into the buffer from `start` on what lies at `position` of the file, and says how much; it throws at the file's end
 */
export function* readEntries(
  count: number,
  fill: (buffer: Buffer, start: number, position: number) => number,
): Generator<Entry, void, undefined> {
  const own = spareBuffer()
  let buffer = own
  let start = 0
  let end = 0
  let position = 0
  const holds = (size: number) => {
    if (end - start >= size) return
    buffer.copyWithin(0, start, end)
    end -= start
    start = 0
    if (size > buffer.length) {
      const larger = Buffer.allocUnsafeSlow(size)
      buffer.copy(larger, 0, 0, end)
      buffer = larger
    }
    while (end < size) {
      const read = fill(buffer, end, position)
      position += read
      end += read
    }
  }
  try {
    for (let index = 0; index < count; index++) {
      holds(HEADER_BYTES)
      const key = buffer.readDoubleLE(start)
      const length = buffer.readUInt32LE(start + 8)
      holds(HEADER_BYTES + length)
      start += HEADER_BYTES
      yield { key, bytes: buffer.subarray(start, start + length) }
      start += length
    }
  } finally {
    giveBack(own)
  }
}
