/** Bytes on their way to a file, gathered until there are many. */
export class OutputBuffer {
  /** Where they are gathered; another one after `reserve`, where it had to grow. */
  bytes: Buffer
  readonly #sink: (bytes: Uint8Array) => void
  #length = 0

  /**
   * @param sink takes the bytes; they are valid only during the call
   * @param capacity how many are gathered; more, where so many are reserved at once
   */
  constructor(sink: (bytes: Uint8Array) => void, capacity: number) {
    this.#sink = sink
    this.bytes = Buffer.allocUnsafeSlow(capacity)
  }

  /** Takes the next `size` bytes of `bytes`, which the caller fills before anything else is called; returns where they begin. */
  reserve(size: number): number {
    if (this.#length + size > this.bytes.length) {
      this.flush()
      if (size > this.bytes.length) this.bytes = Buffer.allocUnsafeSlow(size)
    }
    const start = this.#length
    this.#length += size
    return start
  }

  append(bytes: Uint8Array): void {
    const start = this.reserve(bytes.byteLength)
    this.bytes.set(bytes, start)
  }

  /** Hands on what is gathered. */
  flush(): void {
    if (this.#length > 0) this.#sink(this.bytes.subarray(0, this.#length))
    this.#length = 0
  }
}
