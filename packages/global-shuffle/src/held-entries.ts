/** Entries lie one after another in pieces of memory, of ever larger sizes between these; a longer entry has its own. */
const SMALLEST_SEGMENT = 1 << 16
const LARGEST_SEGMENT = 1 << 24
/** What an entry takes beside its bytes: key, place, and room to sort by. */
const ENTRY_OVERHEAD = 64

/** Bytes with the key that they are sorted by. */
export interface Entry {
  key: number
  bytes: Uint8Array
}

/** Entries held in memory: outside of the garbage collector's heap, a few large pieces for millions of them. */
export class HeldEntries {
  readonly #memory: number
  #segments: Buffer[] = []
  /** Of the last segment in use: which it is, and its used bytes. */
  #segment = 0
  #used = 0
  #size = 0
  #count = 0
  #keys = new Float64Array(1024)
  /** Of each entry: segment, offset, length. */
  #places = new Uint32Array(3 * 1024)

  /** @param memory the bytes that all entries may take together; one entry is always held */
  constructor(memory: number) {
    this.#memory = memory
  }

  /** Copies an entry; false where there is no room for it, unless it must be held. */
  add(key: number, bytes: Uint8Array, must = this.#count === 0): boolean {
    const size = ENTRY_OVERHEAD + bytes.byteLength
    if (!must && this.#size + size > this.#memory) return false
    this.#size += size
    const segment = this.#room(bytes.byteLength)
    segment.set(bytes, this.#used)
    if (this.#count === this.#keys.length) this.#grow()
    this.#keys[this.#count] = key
    const place = 3 * this.#count
    this.#places[place] = this.#segment
    this.#places[place + 1] = this.#used
    this.#places[place + 2] = bytes.byteLength
    this.#used += bytes.byteLength
    this.#count++
    return true
  }

  /** The entries as they came; their bytes are views. */
  *inArrival(): Generator<Entry, void, undefined> {
    for (let index = 0; index < this.#count; index++) yield { key: this.#keys[index]!, bytes: this.#bytes(index) }
  }

  /** The bytes by ascending key, of equal keys the earlier first, from rank `from` on; views. */
  *sorted(from = 0): Generator<Uint8Array, void, undefined> {
    const keys = this.#keys
    const order = new Uint32Array(this.#count)
    for (let index = 0; index < order.length; index++) order[index] = index
    order.sort((a, b) => keys[a]! - keys[b]! || a - b)
    for (let rank = from; rank < order.length; rank++) yield this.#bytes(order[rank]!)
  }

  /** Forgets all entries and keeps the memory for others. */
  clear(): void {
    this.#segments = this.#segments.filter(({ length }) => length <= LARGEST_SEGMENT)
    this.#segment = 0
    this.#used = 0
    this.#size = 0
    this.#count = 0
  }

  #room(size: number): Buffer {
    const current = this.#segments[this.#segment]
    if (current !== undefined && this.#used + size <= current.length) return current
    if (current !== undefined) this.#segment++
    this.#used = 0
    const next = this.#segments[this.#segment]
    if (next !== undefined && size <= next.length) return next
    const standard = Math.min(LARGEST_SEGMENT, SMALLEST_SEGMENT * 2 ** this.#segments.length)
    const fresh = Buffer.allocUnsafeSlow(Math.max(standard, size))
    this.#segments.splice(this.#segment, 0, fresh)
    return fresh
  }

  #grow(): void {
    const keys = new Float64Array(2 * this.#keys.length)
    keys.set(this.#keys)
    this.#keys = keys
    const places = new Uint32Array(2 * this.#places.length)
    places.set(this.#places)
    this.#places = places
  }

  #bytes(index: number): Uint8Array {
    const offset = this.#places[3 * index + 1]!
    return this.#segments[this.#places[3 * index]!]!.subarray(offset, offset + this.#places[3 * index + 2]!)
  }
}
