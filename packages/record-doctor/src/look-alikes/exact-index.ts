import { hash } from 'node:crypto'

/** Bytes of SHA-256 that are kept: 2^128 is far beyond what pictures there are, so equal digests are equal bytes. */
export const DIGEST_SIZE = 16

export function digest(bytes: Uint8Array): Uint8Array {
  return hash('sha256', bytes, 'buffer').subarray(0, DIGEST_SIZE)
}

/** Finds the first picture with the same bytes: a hash table of row numbers, open addressing, at most half full. */
export class ExactIndex {
  #slots = new Uint32Array(1024)
  #count = 0

  /**
   * The first row that was added with this row's digest; the row itself where it is the first.
   *
   * @param digests uint8 `[rows, 16]`
   */
  firstLike(row: number, digests: Uint8Array): number {
    if (2 * (this.#count + 1) > this.#slots.length) this.#grow(digests)
    const slot = this.#find(row, digests)
    const found = this.#slots[slot]!
    if (found !== 0) return found - 1
    this.#slots[slot] = row + 1
    this.#count++
    return row
  }

  /** The slot of an equal digest, or the empty one where it belongs. */
  #find(row: number, digests: Uint8Array): number {
    const at = row * DIGEST_SIZE
    const start = digests[at]! | (digests[at + 1]! << 8) | (digests[at + 2]! << 16) | (digests[at + 3]! << 24)
    for (let slot = start >>> 0; ; slot++) {
      slot &= this.#slots.length - 1
      const found = this.#slots[slot]!
      if (found === 0 || sameDigest(digests, found - 1, row)) return slot
    }
  }

  #grow(digests: Uint8Array): void {
    const rows = this.#slots
    this.#slots = new Uint32Array(2 * rows.length)
    for (const row of rows) if (row !== 0) this.#slots[this.#find(row - 1, digests)] = row
  }
}

/** Whether two rows have one digest. */
export function sameDigest(digests: Uint8Array, a: number, b: number): boolean {
  for (let k = 0; k < DIGEST_SIZE; k++) {
    if (digests[a * DIGEST_SIZE + k] !== digests[b * DIGEST_SIZE + k]) return false
  }
  return true
}
