import type { DataMap } from '@tiny-face/record-stream'
import type { ExampleKeys } from './example-keys.js'

/** So many bytes of a varint make a number that is exact. */
const MAX_LABEL_BYTES = 7

/** The reader's place in the bytes. It outlives the calls: an object for each record would cost as much as reading it. */
let at = 0

/**
 * The image and label of an Example that holds nothing else, as nearly every record of a dataset does: one image of at least
 * one byte and one label, a whole number of at most 49 bits, in messages of one piece (of a name that occurs twice the last).
 * Reads them where they lie, several times as fast as by way of `decodeExample`.
 *
 * @returns undefined where the bytes are anything else, right or wrong: `decodeExample` then says what
 */
export function peekExample(
  bytes: Uint8Array,
  keys: ExampleKeys,
): Required<Pick<DataMap, 'image' | 'label'>> | undefined {
  const size = bytes.byteLength
  at = 0
  if (enter(bytes, 0x0a, size) !== size) return undefined
  let image: Uint8Array | undefined
  let label = -1
  while (at < size) {
    const end = enter(bytes, 0x0a, size)
    const key = enter(bytes, 0x0a, end)
    if (key < 0) return undefined
    if (isText(bytes, key, keys.image)) {
      if (enter(bytes, 0x12, end) !== end || enter(bytes, 0x0a, end) !== end || enter(bytes, 0x0a, end) !== end)
        return undefined
      if (at === end) return undefined
      image = new Uint8Array(bytes.buffer, bytes.byteOffset + at, end - at)
    } else if (isText(bytes, key, keys.label)) {
      if (enter(bytes, 0x12, end) !== end || enter(bytes, 0x1a, end) !== end || enter(bytes, 0x0a, end) !== end)
        return undefined
      label = varint(bytes, end)
      if (label < 0) return undefined
    } else return undefined
    at = end
  }
  return image !== undefined && label >= 0 ? { label, image } : undefined
}

/** Enters a field of bytes with this tag, inside of one that ends at `end`; returns where it ends, or -1 where it is not there. */
function enter(bytes: Uint8Array, tag: number, end: number): number {
  if (at >= end || bytes[at] !== tag) return -1
  at++
  let size = 0
  for (let shift = 0; shift < 28 && at < end; shift += 7) {
    const byte = bytes[at++]!
    size |= (byte & 0x7f) << shift
    if (byte < 0x80) return at + size <= end ? at + size : -1
  }
  return -1
}

/** Passes over the bytes up to `end` where they are this text, in ASCII. */
function isText(bytes: Uint8Array, end: number, text: string): boolean {
  if (end - at !== text.length) return false
  for (let i = 0; i < text.length; i++) {
    const byte = bytes[at + i]!
    if (byte >= 0x80 || byte !== text.charCodeAt(i)) return false
  }
  at = end
  return true
}

/** The number that takes all bytes up to `end`; -1 where there is no such, or it may not be exact. */
function varint(bytes: Uint8Array, end: number): number {
  const last = end - 1
  if (last < at || last - at >= MAX_LABEL_BYTES || bytes[last]! >= 0x80) return -1
  let value = bytes[last]!
  for (let i = last - 1; i >= at; i--) {
    const byte = bytes[i]!
    if (byte < 0x80) return -1
    value = value * 128 + (byte & 0x7f)
  }
  return value
}
