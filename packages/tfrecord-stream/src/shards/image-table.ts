interface ImagePlace {
  /** Where its record's frame begins in its file, and how many bytes of data that has. */
  offset: number
  length: number
  /** The record's number in its file. */
  record: number
  label: number
}

/** Where images lie, and their labels: 24 bytes each in columns, for there may be millions. */
export class ImageTable {
  count = 0
  #offsets = new Float64Array(1024)
  #lengths = new Uint32Array(1024)
  #records = new Uint32Array(1024)
  #labels = new Float64Array(1024)

  add({ offset, length, record, label }: ImagePlace): void {
    if (this.count === this.#offsets.length) this.#makeRoom()
    this.#offsets[this.count] = offset
    this.#lengths[this.count] = length
    this.#records[this.count] = record
    this.#labels[this.count] = label
    this.count++
  }

  offset(index: number): number {
    return this.#offsets[index]!
  }

  length(index: number): number {
    return this.#lengths[index]!
  }

  record(index: number): number {
    return this.#records[index]!
  }

  label(index: number): number {
    return this.#labels[index]!
  }

  /** Doubles the columns one by one, so that only one is there twice. */
  #makeRoom(): void {
    const rows = 2 * this.count
    this.#offsets = moved(this.#offsets, new Float64Array(rows))
    this.#lengths = moved(this.#lengths, new Uint32Array(rows))
    this.#records = moved(this.#records, new Uint32Array(rows))
    this.#labels = moved(this.#labels, new Float64Array(rows))
  }
}

function moved<T extends Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
