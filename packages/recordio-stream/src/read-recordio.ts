/** A `.rec` file as data maps, synchronously: the fast path, and what `recordio-dump` is. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { type BeginFields, DataError, type DataMap, type RecordId, readChunk } from '@tiny-face/record-stream'
import { propertyPath, readProperty } from './property.js'
import { indexPath, inOrderOfKeys, type RecordIndex, readIndex } from './read-index.js'
import { RecordScanner } from './scan-records.js'
import { RecordUnpacker, readHeaderRow } from './unpack-record.js'

export interface ReadOptions {
  /** Every record, with its `recordio` field, instead of just the images. */
  all?: boolean
  /** In the order of the keys in the index beside the file, instead of the file's order. */
  index?: boolean
}

/** Float32 holds whole numbers exactly up to here: a header row says no more of larger keys than about where they are. */
const MAX_EXACT_KEY = 2 ** 24
/** Read at once where the index says where: records may lie far from one another. */
const JUMP_BYTES = 1 << 16

/**
 * Opens a `.rec` file. Iterate once, or `close()`.
 *
 * @throws DataError where the first record is damaged, the index beside the file is no index, or `index` is asked for and
 *   there is none
 */
export function readRecordIO(path: string, options: ReadOptions = {}): RecordIOReader {
  return new RecordIOReader(path, options)
}

/**
 * The records of a file: `{id, label, image}` for each image; with `all` also header, identity and raw records, each with
 * its `recordio` field.
 *
 * `id` is the record's key in the index beside the file (`x.idx` beside `x.rec`), or its number from 0 where there is none.
 * `label` is a number, or a float32 tensor `[n]` where the record has n > 1 of them.
 *
 * Bytes in a data map are valid only until the next one is asked for: copy what is kept.
 */
export class RecordIOReader implements Iterable<DataMap> {
  /**
   * What is known ahead: `source`; `classes`, from the header row or the file `property`; `count`, from the header row, or
   * with `all` from the index.
   */
  readonly begin: BeginFields
  readonly #path: string
  readonly #all: boolean
  readonly #fd: number
  readonly #scanner: RecordScanner
  readonly #unpacker: RecordUnpacker
  readonly #index: RecordIndex | undefined
  readonly #byKey: boolean
  #ahead: Uint8Array | undefined
  #open = true

  constructor(path: string, { all = false, index = false }: ReadOptions = {}) {
    this.#path = path
    this.#all = all
    this.#byKey = index
    this.#scanner = new RecordScanner(path)
    this.#unpacker = new RecordUnpacker(all)
    this.#fd = openSync(path, 'r')
    try {
      if (fstatSync(this.#fd).isDirectory()) throw new DataError({ file: path, expected: 'a file', found: 'a folder' })
      const found = readIndex(indexPath(path))
      if (index && found === undefined) {
        throw new DataError({
          file: indexPath(path),
          expected: 'the index that --index reads by',
          found: 'no such file',
        })
      }
      this.#index = index && found !== undefined ? inOrderOfKeys(found) : found
      this.#ahead = this.#next()
      this.begin = this.#describe()
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** How many records were left out: no image, and no header or identity row either. */
  get leftOut(): number {
    return this.#unpacker.leftOut
  }

  close(): void {
    if (!this.#open) return
    this.#open = false
    closeSync(this.#fd)
  }

  /** @throws DataError where the file is damaged or ends within a record, or the index is not this file's */
  *[Symbol.iterator](): Generator<DataMap, void, undefined> {
    try {
      for (let number = 0; this.#ahead !== undefined; number++) {
        const map = this.#unpacker.unpack(this.#ahead, this.#key(number))
        if (map !== undefined) yield map
        this.#ahead = this.#next()
      }
    } finally {
      this.close()
    }
  }

  #describe(): BeginFields {
    const header = this.#ahead === undefined ? undefined : readHeaderRow(this.#ahead)
    const exact = header !== undefined && header.end <= MAX_EXACT_KEY ? header : undefined
    const classes = exact === undefined ? readProperty(propertyPath(this.#path))?.classes : exact.end - exact.start
    const count = this.#all ? this.#index?.keys.length : exact === undefined ? undefined : exact.start - 1
    return { count, classes, source: this.#path }
  }

  #next(): Uint8Array | undefined {
    const record = this.#index !== undefined && this.#byKey ? this.#nextByKey(this.#index) : this.#nextInFile()
    if (record === undefined) this.#checkIndexEnds()
    return record
  }

  #nextInFile(): Uint8Array | undefined {
    for (;;) {
      const record = this.#scanner.next()
      if (record !== undefined) return record
      if (this.#fill()) continue
      this.#scanner.finish()
      return undefined
    }
  }

  #nextByKey({ keys, offsets }: RecordIndex): Uint8Array | undefined {
    const entry = this.#scanner.count
    if (entry === keys.length) return undefined
    const offset = offsets[entry]!
    this.#scanner.seek(offset)
    let here = this.#scanner.atRecord()
    while (here === undefined && this.#fill()) here = this.#scanner.atRecord()
    if (here !== true) throw this.#stale(entry, `a record at byte ${offset} of ${this.#path}`, 'none')
    return this.#nextInFile()
  }

  /** The record's key, and the check that the index is this file's. */
  #key(number: number): RecordId {
    if (this.#index === undefined) return number
    const { keys, offsets } = this.#index
    const { offset } = this.#scanner
    if (offsets[number] !== offset) {
      const found = number < offsets.length ? `one for byte ${offsets[number]}` : 'the end of the index'
      throw this.#stale(number, `an entry for the record at byte ${offset} of ${this.#path}`, found)
    }
    return keys[number]!
  }

  #checkIndexEnds(): void {
    const { count } = this.#scanner
    if (this.#index === undefined || count === this.#index.keys.length) return
    const found = `an entry for byte ${this.#index.offsets[count]}`
    throw this.#stale(count, `the end of the index, as ${this.#path} ends`, found)
  }

  #stale(entry: number, expected: string, found: string): DataError {
    return new DataError({ file: this.#index?.file, record: entry, message: 'stale index', expected, found })
  }

  #fill(): boolean {
    const room = this.#scanner.room()
    const size = this.#byKey
      ? readSync(this.#fd, room, 0, Math.min(room.length, JUMP_BYTES), this.#scanner.position)
      : readChunk(this.#fd, room)
    this.#scanner.filled(size)
    return size > 0
  }
}
