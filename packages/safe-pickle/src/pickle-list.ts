import { BytesInPickle, isBytes, type NumpyArray, type OpenList } from './pickle-value.js'

/** Items that are packed at a time: short lists stay plain arrays. */
const CHUNK = 1024

/** What a packed place stands for: 0 to 2 bytes in the pickle, of Python's bytes or of a uint8 array (n,) or (n, 1). */
const BYTES = 0
const ROW = 1
const COLUMN = 2
const KINDS = 4
/** Offsets up to here keep their kind beside them in a float64. */
const MAX_PACKED_OFFSET = 2 ** 50

interface Chunk {
  /** offset * KINDS + kind, or -1 - index for one of the others. */
  places: Float64Array
  lengths: Uint32Array
}

/**
 * A list of millions of images in 12 bytes each: byte strings that lie in the pickle, and flat uint8 arrays of them, are kept as
 * offset and length and made anew when asked for. Anything else is kept as it is.
 */
export class PickleList<T> implements OpenList<T> {
  readonly offset: number
  readonly #chunks: Chunk[] = []
  readonly #others: T[] = []
  #tail: T[] = []

  /** @param offset where the opcode begins that makes the list */
  constructor(offset: number) {
    this.offset = offset
  }

  get length(): number {
    return this.#chunks.length * CHUNK + this.#tail.length
  }

  push(item: T): void {
    this.#tail.push(item)
    if (this.#tail.length === CHUNK) this.#pack()
  }

  at(index: number): T | undefined {
    const chunk = this.#chunks[Math.floor(index / CHUNK)]
    if (chunk === undefined) return this.#tail[index - this.#chunks.length * CHUNK]
    const place = chunk.places[index % CHUNK]!
    if (place < 0) return this.#others[-1 - place]
    return unpacked(place, chunk.lengths[index % CHUNK]!) as T
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let index = 0; index < this.length; index++) yield this.at(index) as T
  }

  /** The items that are not packed: all that can hold other items. */
  *unpackedItems(): Generator<T, void, undefined> {
    yield* this.#others
    yield* this.#tail
  }

  #pack(): void {
    const chunk = { places: new Float64Array(CHUNK), lengths: new Uint32Array(CHUNK) }
    for (const [i, item] of this.#tail.entries()) {
      const kind = kindOf(item)
      const bytes = kind === BYTES ? item : kind > BYTES && (item as NumpyArray<unknown>).data
      if (bytes instanceof BytesInPickle && bytes.length < 2 ** 32 && bytes.offset < MAX_PACKED_OFFSET) {
        chunk.places[i] = bytes.offset * KINDS + kind
        chunk.lengths[i] = bytes.length
      } else chunk.places[i] = -this.#others.push(item)
    }
    this.#chunks.push(chunk)
    this.#tail = []
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

function unpacked(place: number, length: number): BytesInPickle | NumpyArray<BytesInPickle> {
  const kind = place % KINDS
  const bytes = new BytesInPickle((place - kind) / KINDS, length)
  if (kind === BYTES) return bytes
  return { dtype: 'uint8', shape: kind === ROW ? [length] : [length, 1], data: bytes }
}
