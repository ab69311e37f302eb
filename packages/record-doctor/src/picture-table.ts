import type { RecordId } from '@tiny-face/safe-files'
import { DIGEST_SIZE } from './look-alikes/exact-index.js'
import { FINGERPRINT_SIZE } from './look-alikes/fingerprint.js'

export interface Picture {
  id: RecordId | undefined
  /** A whole number from 0; undefined where there is none. */
  label: number | undefined
  digest: Uint8Array
  /** Undefined where the picture does not decode. */
  size: { height: number; width: number } | undefined
  /** Undefined where there is no structure to compare. */
  fingerprint: Int8Array | undefined
}

/** What is kept of each picture: 120 bytes in columns, and no picture. Rows are pictures in the order they came. */
export class PictureTable {
  count = 0
  /** Sizes that occur; the first stands for pictures that do not decode. */
  readonly sizes: { height: number; width: number }[] = [{ height: 0, width: 0 }]
  /** int8 `[count, 80]`; all 0 where there is none */
  fingerprints: Int8Array
  /** uint8 `[count, 16]` */
  digests: Uint8Array
  #ids: Float64Array
  /** Ids that are no doubles. */
  readonly #otherIds = new Map<number, RecordId | undefined>()
  #labels: Float64Array
  #sizeNumbers: Uint32Array
  readonly #sizeNumber = new Map<string, number>()

  /** @param expected how many pictures are expected, where that is known */
  constructor(expected = 0) {
    const rows = Math.max(1024, expected)
    this.fingerprints = new Int8Array(rows * FINGERPRINT_SIZE)
    this.digests = new Uint8Array(rows * DIGEST_SIZE)
    this.#ids = new Float64Array(rows)
    this.#labels = new Float64Array(rows)
    this.#sizeNumbers = new Uint32Array(rows)
  }

  /** Returns the new row. */
  add({ id, label, digest, size, fingerprint }: Picture): number {
    const row = this.count++
    this.#makeRoom()
    this.#ids[row] = typeof id === 'number' ? id : Number.NaN
    if (typeof id !== 'number') this.#otherIds.set(row, id)
    this.#labels[row] = label ?? Number.NaN
    this.digests.set(digest, row * DIGEST_SIZE)
    if (fingerprint !== undefined) this.fingerprints.set(fingerprint, row * FINGERPRINT_SIZE)
    if (size !== undefined) this.#sizeNumbers[row] = this.#numberOf(size)
    return row
  }

  id(row: number): RecordId | undefined {
    return this.#otherIds.has(row) ? this.#otherIds.get(row) : this.#ids[row]
  }

  /** Ids that two pictures or more have, of those from a row on. */
  repeatedIds(from: number): Set<RecordId> {
    const repeated = new Set<RecordId>()
    const numbers = this.#ids.slice(from, this.count).sort()
    for (let i = 1; i < numbers.length; i++) if (numbers[i] === numbers[i - 1]) repeated.add(numbers[i]!)
    const others = new Set<RecordId>()
    for (const [row, id] of this.#otherIds) {
      if (row < from || id === undefined) continue
      if (others.has(id)) repeated.add(id)
      others.add(id)
    }
    return repeated
  }

  label(row: number): number | undefined {
    const label = this.#labels[row]!
    return Number.isNaN(label) ? undefined : label
  }

  /** The number of the picture's size among `sizes`; 0 where it does not decode. */
  sizeNumber(row: number): number {
    return this.#sizeNumbers[row]!
  }

  hasFingerprint(row: number): boolean {
    for (let at = row * FINGERPRINT_SIZE; at < (row + 1) * FINGERPRINT_SIZE; at++) {
      if (this.fingerprints[at] !== 0) return true
    }
    return false
  }

  #numberOf({ height, width }: { height: number; width: number }): number {
    const name = `${width}x${height}`
    let number = this.#sizeNumber.get(name)
    if (number === undefined) {
      number = this.sizes.push({ height, width }) - 1
      this.#sizeNumber.set(name, number)
    }
    return number
  }

  /** Doubles the columns one by one, so that only one is there twice. */
  #makeRoom(): void {
    if (this.count <= this.#ids.length) return
    const rows = 2 * this.#ids.length
    this.fingerprints = moved(this.fingerprints, new Int8Array(rows * FINGERPRINT_SIZE))
    this.digests = moved(this.digests, new Uint8Array(rows * DIGEST_SIZE))
    this.#ids = moved(this.#ids, new Float64Array(rows))
    this.#labels = moved(this.#labels, new Float64Array(rows))
    this.#sizeNumbers = moved(this.#sizeNumbers, new Uint32Array(rows))
  }
}

function moved<T extends Int8Array | Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
