/** A `.rec` file that is open: its bytes, its records, and what is known of them ahead. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { DataError, readChunk } from '@tiny-face/safe-files'
import { MAGIC, PART_HEADER_BYTES } from '../framing/part-header.js'
import { RecordIOParser, WINDOW_BYTES } from '../framing/recordio-parser.js'
import { type KeyRange, RANGE_ROW_BYTES, RecordUnpacker, readKeyRange } from '../image-record.js'
import { indexPath, type RecordIndex, readIndex } from '../index/read-index.js'
import { countClasses } from './count-classes.js'

/** Float32 holds whole numbers exactly up to here: a header row says no more of larger keys than about where they are. */
const MAX_EXACT_KEY = 2 ** 24
const NO_WINDOW = new RecordIOParser(undefined, 1)

export class RecordFile {
  readonly path: string
  /** In bytes; undefined where it is no regular file, but a pipe: then it is read once, from its start to its end. */
  readonly size: number | undefined
  /** The index beside the file, if there is one. */
  readonly index: RecordIndex | undefined
  /** How many identities there are: see `countClasses`. */
  readonly classes: number | undefined
  /** How the places that say it contradict each other. */
  readonly conflict: string | undefined
  /** The keys of the identity rows, from a header row that is exact. */
  readonly header: KeyRange | undefined
  /** How many images there are: from the header row. */
  readonly images: number | undefined
  scanner = NO_WINDOW
  readonly unpacker: RecordUnpacker
  readonly #fd: number
  #open = true

  /**
   * @param options.all what the file's records are unpacked to, as `RecordUnpacker` has it
   * @param options.unindexed leaves the index beside the file alone
   * @throws DataError where the index beside the file is no index, or the path is a folder's
   */
  constructor(path: string, { all = false, unindexed = false }: { all?: boolean; unindexed?: boolean } = {}) {
    this.path = path
    this.#fd = openSync(path, 'r')
    try {
      const stat = fstatSync(this.#fd)
      if (stat.isDirectory()) throw new DataError({ file: path, expected: 'a file', found: 'a folder' })
      this.size = stat.isFile() ? stat.size : undefined
      this.scanner = new RecordIOParser(path, Math.min(WINDOW_BYTES, (this.size ?? WINDOW_BYTES) + PART_HEADER_BYTES))
      this.index = unindexed ? undefined : readIndex(indexPath(path), path)
      const header = this.#findHeader()
      const exact = header !== undefined && header.end <= MAX_EXACT_KEY ? header : undefined
      const { classes, conflict } = countClasses(this, exact)
      this.classes = classes
      this.conflict = conflict
      this.header = exact
      this.images = exact === undefined ? undefined : exact.start - 1
      this.unpacker = new RecordUnpacker(all, header !== undefined)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** Reads into `buffer` from a place in the file; returns how many bytes there were. */
  readAt(buffer: Uint8Array, offset: number): number {
    let filled = 0
    while (filled < buffer.length) {
      const size = readSync(this.#fd, buffer, filled, buffer.length - filled, offset + filled)
      if (size === 0) break
      filled += size
    }
    return filled
  }

  /**
   * @returns the next record, undefined at the end of the file
   * @throws DataError where a record is damaged or the file ends within it
   */
  next(): Uint8Array | undefined {
    for (;;) {
      const record = this.scanner.next()
      if (record !== undefined) return record
      if (this.#fill()) continue
      this.scanner.finish()
      return undefined
    }
  }

  /**
   * Goes on at another place of a regular file.
   *
   * @param length how much to read there at first
   * @returns whether a record begins there
   */
  seek(offset: number, length?: number): boolean {
    this.scanner.seek(offset)
    let here = this.scanner.atRecord()
    while (here === undefined && this.#fill(length)) here = this.scanner.atRecord()
    return here === true
  }

  /** Also lets the window go: of many files only one at a time has one. */
  close(): void {
    if (!this.#open) return
    this.#open = false
    this.scanner = NO_WINDOW
    closeSync(this.#fd)
  }

  /** The header row is under key 0, which is the first record where no index says so. */
  #findHeader(): KeyRange | undefined {
    if (this.size === undefined) {
      const first = this.next()
      this.scanner.seek(0)
      return first === undefined ? undefined : readKeyRange(first)
    }
    const entry = this.index === undefined ? -1 : Array.prototype.indexOf.call(this.index.keys, 0)
    const row = Buffer.alloc(PART_HEADER_BYTES + RANGE_ROW_BYTES)
    this.readAt(row, entry < 0 ? 0 : this.index!.offsets[entry]!)
    const isWhole = row.readUInt32LE(0) === MAGIC && row.readUInt32LE(4) === RANGE_ROW_BYTES
    return isWhole ? readKeyRange(row.subarray(PART_HEADER_BYTES)) : undefined
  }

  #fill(length = Number.POSITIVE_INFINITY): boolean {
    const room = this.scanner.room()
    const size =
      this.size === undefined
        ? readChunk(this.#fd, room)
        : readSync(this.#fd, room, 0, Math.min(room.length, length), this.scanner.position)
    this.scanner.filled(size)
    return size > 0
  }
}
