/** Reads so and so many bytes from chunks of any size. */
export class ChunkReader {
  readonly #chunks: Iterator<Uint8Array>
  #chunk: Buffer = Buffer.alloc(0)
  #offset = 0

  /** @param chunks each is valid until the next is asked for */
  constructor(chunks: Iterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.iterator]()
  }

  /** Where the next byte lies, from the beginning of the first chunk. */
  get offset(): number {
    return this.#offset
  }

  /** The next `size` bytes, or at the end as many as there are; valid until the next call. Memory grows with the bytes that come. */
  read(size: number): Buffer {
    const first = this.#take(size)
    if (first.length === size) return first
    const parts: Buffer[] = [Buffer.from(first)]
    let length = first.length
    while (length < size && this.#next()) {
      const part = this.#take(size - length)
      length += part.length
      parts.push(length < size ? Buffer.from(part) : part)
    }
    return Buffer.concat(parts)
  }

  /** Passes over bytes; returns how many there were. */
  skip(size: number): number {
    let left = size
    do left -= this.#take(left).length
    while (left > 0 && this.#next())
    return size - left
  }

  /** The rest of the chunk at hand, `size` bytes at most. */
  #take(size: number): Buffer {
    const bytes = this.#chunk.subarray(0, size)
    this.#chunk = this.#chunk.subarray(bytes.length)
    this.#offset += bytes.length
    return bytes
  }

  #next(): boolean {
    const { value, done } = this.#chunks.next()
    if (done) return false
    this.#chunk = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    return true
  }
}
