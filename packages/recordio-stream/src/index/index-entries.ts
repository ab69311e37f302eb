import type { RecordId } from '@tiny-face/safe-files'

/**
 * The entries of an index as they are read, in few bytes, for a dataset has millions: 12 each while keys are whole numbers
 * below 2^32, as nearly all are.
 */
export class IndexEntries {
  #keys: Uint32Array | RecordId[]
  #offsets: Float64Array
  #length = 0

  /** @param expected about how many there will be */
  constructor(expected: number) {
    this.#keys = new Uint32Array(expected)
    this.#offsets = new Float64Array(expected)
  }

  get length(): number {
    return this.#length
  }

  get keys(): ArrayLike<RecordId> {
    return this.#keys instanceof Uint32Array ? this.#keys.subarray(0, this.#length) : this.#keys
  }

  get offsets(): Float64Array {
    return this.#offsets.subarray(0, this.#length)
  }

  push(key: RecordId, offset: number): void {
    if (this.#length === this.#offsets.length) this.#grow()
    if (this.#keys instanceof Uint32Array) {
      if (key === Number(key) >>> 0) this.#keys[this.#length] = key as number
      else this.#keys = [...this.#keys.subarray(0, this.#length), key]
    } else this.#keys.push(key)
    this.#offsets[this.#length++] = offset
  }

  #grow(): void {
    const capacity = Math.ceil(1.5 * this.#length) + 16
    this.#offsets = enlarged(this.#offsets, new Float64Array(capacity))
    if (this.#keys instanceof Uint32Array) this.#keys = enlarged(this.#keys, new Uint32Array(capacity))
  }
}

function enlarged<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from)
  return to
}
