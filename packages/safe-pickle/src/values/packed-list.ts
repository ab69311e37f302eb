import { BytesInPickle, isBytes, type NumpyArray, type OpenList } from './pickle-value.js'

/** Shorter lists stay plain arrays; longer ones are packed in chunks of so many items. */
const CHUNK = 1024

/** What a packed place stands for: bytes in the pickle, a uint8 array (n,) or (n, 1) of such bytes, or False or True. */
const BYTES = 0
const ROW = 1
const COLUMN = 2
const BOOLEAN = 3
const KINDS = 4
/** Offsets up to here keep their kind beside them in a float64. */
const MAX_PACKED_OFFSET = 2 ** 50

interface Chunk {
  /** offset * KINDS + kind, BOOLEAN for a boolean, or -1 - index for one of the others; none where all are booleans. */
  places: Float64Array | undefined
  /** In bytes; 0 or 1 for a boolean. */
  lengths: Uint32Array
}

/**
 * A list of millions of images in 12 bytes each: byte strings that lie in the pickle, flat uint8 arrays of them, and booleans (4 bytes
 * each) are packed, and made anew when asked for. Anything else is kept as it is.
 */
export class PackedList<T> implements OpenList<T> {
  readonly offset: number
  readonly #chunks: Chunk[] = []
  /** What is not packed of a long list. */
  readonly #others: T[] = []
  #short: T[] = []
  #length = 0

  /** @param offset where the opcode begins that makes the list */
  constructor(offset: number) {
    this.offset = offset
  }

  get length(): number {
    return this.#length
  }

  push(item: T): void {
    const index = this.#length++
    if (index < CHUNK) this.#short.push(item)
    else this.#pack(item, index)
    if (index !== CHUNK - 1) return
    for (const [i, early] of this.#short.entries()) this.#pack(early, i)
    this.#short = []
  }

  at(index: number): T | undefined {
    if (this.#length < CHUNK) return this.#short[index]
    if (index >= this.#length) return undefined
    const { places, lengths } = this.#chunks[Math.floor(index / CHUNK)]!
    const place = places === undefined ? BOOLEAN : places[index % CHUNK]!
    return place < 0 ? this.#others[-1 - place] : (unpacked(place, lengths[index % CHUNK]!) as T)
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as T
  }

  /** The items that are not packed: all that can hold other items. */
  *unpackedItems(): Generator<T, void, undefined> {
    yield* this.#others
    yield* this.#short
  }

  #pack(item: T, index: number): void {
    const number = Math.floor(index / CHUNK)
    if (number === this.#chunks.length) {
      this.#chunks.push({ places: undefined, lengths: new Uint32Array(CHUNK) })
    }
    const chunk = this.#chunks[number]!
    const { lengths } = chunk
    const at = index % CHUNK
    if (typeof item === 'boolean') {
      lengths[at] = Number(item)
      if (chunk.places) chunk.places[at] = BOOLEAN
      return
    }
    chunk.places ??= new Float64Array(CHUNK).fill(BOOLEAN)
    const { places } = chunk
    const kind = kindOf(item)
    const bytes = kind === BYTES ? item : kind > BYTES && (item as NumpyArray<unknown>).data
    if (bytes instanceof BytesInPickle && bytes.length < 2 ** 32 && bytes.offset < MAX_PACKED_OFFSET) {
      places[at] = bytes.offset * KINDS + kind
      lengths[at] = bytes.length
    } else places[at] = -this.#others.push(item)
  }
}

/** @returns -1 for what is not packed */
function kindOf(item: unknown): number {
  if (isBytes(item)) return BYTES
  if (typeof item !== 'object' || item === null || !('shape' in item)) return -1
  const { dtype, shape } = item as NumpyArray<unknown>
  if (dtype !== 'uint8') return -1
  if (shape.length === 1) return ROW
  return shape.length === 2 && shape[1] === 1 ? COLUMN : -1
}

function unpacked(place: number, length: number): boolean | BytesInPickle | NumpyArray<BytesInPickle> {
  const kind = place % KINDS
  if (kind === BOOLEAN) return length === 1
  const bytes = new BytesInPickle((place - kind) / KINDS, length)
  if (kind === BYTES) return bytes
  return { dtype: 'uint8', shape: kind === ROW ? [length] : [length, 1], data: bytes }
}
