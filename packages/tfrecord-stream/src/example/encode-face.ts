import { fieldSize, varintSize, writeHead, writeVarint } from '@tiny-face/protobuf-wire'

/** Field 1 of wire type 2: the tag of an Example's only field, of an entry, of its key, of a list of bytes and its values. */
const FIELD_1 = 0x0a
/** An entry's value. */
const FIELD_2 = 0x12
/** A feature's list of int64. */
const INT64_LIST = 0x1a
/** Its 7-bit groups are taken off with 32-bit operations. */
export const MAX_FACE_LABEL = 2 ** 31 - 1

/**
 * The Example of an image and its label, written straight into place: byte for byte what `encodeExample` makes of the same
 * two features, at a tenth of its cost.
 */
export class FaceEncoder {
  readonly #imageKey: Buffer
  readonly #labelKey: Buffer
  readonly #labelFirst: boolean

  /** @param keys the names of the two features */
  constructor({ image, label }: { image: string; label: string }) {
    this.#imageKey = Buffer.from(image)
    this.#labelKey = Buffer.from(label)
    this.#labelFirst = Buffer.compare(this.#labelKey, this.#imageKey) < 0
  }

  /**
   * How many bytes the Example takes.
   *
   * @param imageBytes the encoded image's length
   * @param label a whole number, 0 … `MAX_FACE_LABEL`
   */
  size(imageBytes: number, label: number): number {
    const features = fieldSize(this.#imageEntry(imageBytes)) + fieldSize(this.#labelEntry(label))
    return fieldSize(features)
  }

  /** Writes the Example at `start`, where there is room for it; returns where it ends. */
  write(bytes: Buffer, start: number, image: Uint8Array, label: number): number {
    const features = fieldSize(this.#imageEntry(image.byteLength)) + fieldSize(this.#labelEntry(label))
    let at = writeHead(bytes, start, FIELD_1, features)
    if (this.#labelFirst) at = this.#writeLabel(bytes, at, label)
    at = this.#writeImage(bytes, at, image)
    return this.#labelFirst ? at : this.#writeLabel(bytes, at, label)
  }

  #imageEntry(imageBytes: number): number {
    return fieldSize(this.#imageKey.length) + fieldSize(fieldSize(fieldSize(imageBytes)))
  }

  #labelEntry(label: number): number {
    return fieldSize(this.#labelKey.length) + fieldSize(fieldSize(fieldSize(varintSize(label))))
  }

  #writeImage(bytes: Buffer, start: number, image: Uint8Array): number {
    const size = image.byteLength
    let at = writeHead(bytes, start, FIELD_1, this.#imageEntry(size))
    at = writeKey(bytes, at, this.#imageKey)
    at = writeHead(bytes, at, FIELD_2, fieldSize(fieldSize(size)))
    at = writeHead(bytes, at, FIELD_1, fieldSize(size))
    at = writeHead(bytes, at, FIELD_1, size)
    bytes.set(image, at)
    return at + size
  }

  #writeLabel(bytes: Buffer, start: number, label: number): number {
    const size = varintSize(label)
    let at = writeHead(bytes, start, FIELD_1, this.#labelEntry(label))
    at = writeKey(bytes, at, this.#labelKey)
    at = writeHead(bytes, at, FIELD_2, fieldSize(fieldSize(size)))
    at = writeHead(bytes, at, INT64_LIST, fieldSize(size))
    at = writeHead(bytes, at, FIELD_1, size)
    return writeVarint(bytes, at, label)
  }
}

function writeKey(bytes: Buffer, start: number, key: Buffer): number {
  let at = writeHead(bytes, start, FIELD_1, key.length)
  for (let i = 0; i < key.length; i++) bytes[at++] = key[i]!
  return at
}
