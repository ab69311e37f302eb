/** Records in the order of the file, all or those of one part. */
import { DataError, type RecordId } from '@tiny-face/safe-files'
import { readKeyRange } from '../image-record.js'
import { lowerBound } from '../index/lower-bound.js'
import type { RecordIndex } from '../index/read-index.js'
import { staleIndex } from '../index/read-index.js'
import { findRecord } from './find-record-bounds.js'
import type { RecordFile } from './record-file.js'
import type { RecordRun } from './record-run.js'

/**
 * The records that begin from one byte to before another; `id` is the key in the index, which must be this file's. Without an
 * index it is the record's number from 0, and in a part, where nobody knows that, the byte where the record begins.
 */
export class FileRun implements RecordRun {
  readonly file: RecordFile
  readonly length: number | undefined
  id: RecordId = 0
  readonly #index: RecordIndex | undefined
  readonly #isWhole: boolean
  readonly #to: number
  /** Of the next record; unknown in a part without an index. */
  #number: number
  /** Whether the record before it, at the end of a file with a header row, may be its last. */
  #isLast = true

  constructor(file: RecordFile, bounds?: { from: number; to: number }) {
    this.file = file
    this.#index = file.index
    const from = bounds?.from ?? 0
    this.#isWhole = bounds === undefined
    this.#to = bounds === undefined || bounds.to === file.size ? Number.POSITIVE_INFINITY : bounds.to
    this.#number = from === 0 ? 0 : Number.NaN
    if (this.#index !== undefined) {
      this.#number = lowerBound(this.#index.offsets, from)
      this.length = lowerBound(this.#index.offsets, this.#to) - this.#number
    }
    if (from > 0) this.#seek(from)
  }

  next(): Uint8Array | undefined {
    const { scanner } = this.file
    if (scanner.end >= this.#to) return this.#finishPart(scanner.end)
    const record = this.#read()
    if (record === undefined) {
      if (this.#index !== undefined && this.#number < this.#index.offsets.length) {
        const found = `an entry for byte ${this.#index.offsets[this.#number]}`
        throw staleIndex(this.#index, this.#number, this.file, `the end of the index, as ${this.file.path} ends`, found)
      }
      if (!this.#isLast) this.#refuseEnd()
      return undefined
    }
    if (this.#index === undefined && this.file.header !== undefined) this.#isLast = readKeyRange(record) !== undefined
    if (this.#index !== undefined) this.id = this.#key(this.#index, scanner.offset)
    else this.id = this.#isWhole ? this.#number : scanner.offset
    this.#number++
    return record
  }

  #seek(from: number): void {
    if (this.#index === undefined) {
      this.file.seek(findRecord(this.file, from))
      return
    }
    const offset = this.#index.offsets[this.#number] ?? this.file.size!
    if (this.file.seek(offset) || offset === this.file.size) return
    throw staleIndex(this.#index, this.#number, this.file, `a record at byte ${offset} of ${this.file.path}`, 'none')
  }

  #read(): Uint8Array | undefined {
    try {
      return this.file.next()
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      throw new DataError({ ...error.fault, record: Number.isNaN(this.#number) ? undefined : this.#number })
    }
  }

  #key(index: RecordIndex, offset: number): RecordId {
    if (index.offsets[this.#number] !== offset) throw this.#unlisted(index, offset)
    return index.keys[this.#number]!
  }

  /** RecordIO has no mark of its end, and a download may have stopped between two records. */
  #refuseEnd(): never {
    const { path: file, header } = this.file
    const expected = `identity rows at the end, ${header!.end - header!.start} of them as its header row says`
    const found = Number.isNaN(this.#number) ? 'an image' : `an image as the last of ${this.#number} records`
    throw new DataError({ file, expected, found: `${found}: the file is cut off` })
  }

  #unlisted(index: RecordIndex, offset: number): DataError {
    const entry = index.offsets[this.#number]
    const found = entry === undefined ? 'the end of the index' : `one for byte ${entry}`
    return staleIndex(
      index,
      this.#number,
      this.file,
      `an entry for the record at byte ${offset} of ${this.file.path}`,
      found,
    )
  }

  /** The next part begins where a record does: this one must end there, or a record of it had a wrong length. */
  #finishPart(end: number): undefined {
    if (end === this.file.size) return undefined
    if (!this.file.seek(end)) this.#read()
    if (this.#index !== undefined && this.#index.offsets[this.#number] !== end) throw this.#unlisted(this.#index, end)
    return undefined
  }
}
