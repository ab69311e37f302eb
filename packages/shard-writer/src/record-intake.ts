import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import type { OutputBuffer } from './output/output-buffer.js'
import type { ShardFormat } from './shard-format.js'

/** What the manifest says of all records. */
export interface Totals {
  count: number
  images: number
  /** The larger of what the stream announced and what its labels need. */
  classes?: number | undefined
}

/** Takes the records of the input: puts each into the output it is given, and counts. */
export class RecordIntake {
  readonly #format: ShardFormat
  readonly #source: string | undefined
  readonly #first: number
  count = 0
  images = 0
  classes: number | undefined

  /** @param first the number that the first record has in the set */
  constructor(format: ShardFormat, { classes, source }: BeginFields, first = 0) {
    this.#format = format
    this.#source = source
    this.#first = first
    this.classes = classes
  }

  get totals(): Totals {
    return { count: this.count, images: this.images, classes: this.classes }
  }

  /**
   * @returns the bytes that the record came with
   * @throws DataError where the format cannot hold it
   */
  put(record: DataMap, out: OutputBuffer): number {
    try {
      const bytes = this.#format.write(record, this.#first + this.count, out)
      this.#count(this.#format.faceOf(record))
      return bytes
    } catch (error) {
      if (!(error instanceof DataError) || error.record !== undefined) throw error
      throw new DataError({ ...error.fault, file: this.#source, record: this.count, id: record.id })
    }
  }

  #count({ image, label }: Pick<DataMap, 'image' | 'label'>): void {
    this.count++
    if (image === undefined || image.byteLength === 0) return
    this.images++
    if (typeof label === 'number' && Number.isInteger(label) && label >= 0) {
      this.classes = Math.max(this.classes ?? 0, label + 1)
    }
  }

  /** @throws DataError where there was no record at all: a set of nothing is a mistake further up */
  checkNotEmpty(): void {
    if (this.count === 0) throw new DataError({ file: this.#source, expected: 'at least one record', found: 'none' })
  }
}
