/** Data maps to a `.rec` file, its `.idx`, and in insightface's layout its `property`. */
import { closeSync, existsSync, openSync, readSync, rmSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { type DataMap, personOf } from '@tiny-face/record-stream'
import { AtomicFile, DataError, placed, type RecordId } from '@tiny-face/safe-files'
import { appendRecord } from '../framing/append-record.js'
import { BlockFile } from '../framing/block-file.js'
import { PART_HEADER_BYTES } from '../framing/part-header.js'
import { RecordIOParser } from '../framing/recordio-parser.js'
import { firstLabel, type PackedRecord, packCarried, packImage, packRange, readKeyRange } from '../image-record.js'
import { indexPath } from '../index/read-index.js'
import { formatProperty, propertyPath, readProperty } from '../property-file.js'
import { imageSize } from './image-size.js'

export interface WriteOptions {
  /** Replace files that exist. */
  force?: boolean
  /** What messages call the records that come in. */
  source?: string
}

/** Header and identity rows say keys in float32, which is exact up to here. */
const MAX_EXACT_KEY = 2 ** 24
const ID_OFFSET = 8

/**
 * Writes all records and commits; on failure nothing is left behind.
 *
 * @throws DataError as `RecordIOWriter` does
 */
export async function writeRecordIO(
  path: string,
  records: AsyncIterable<DataMap> | Iterable<DataMap>,
  options: WriteOptions = {},
): Promise<void> {
  const writer = new RecordIOWriter(path, options)
  try {
    for await (const record of records) writer.write(record)
    writer.commit()
  } catch (error) {
    writer.abort()
    throw error
  }
}

/**
 * Writes `x.rec` and `x.idx`.
 *
 * Data maps with a `recordio` field become the records they were read from, byte for byte, under their `id` as key.
 *
 * Other images become image rows in the order in which they come. Where their labels (of several numbers the first) are 0, 1, 2, …
 * in runs (all of 0, then all of 1, …) the file gets insightface's layout: the header row under key 0, images from key 1, identity rows, and, if all
 * images have one size, a file `property` beside it. Any other order of labels gives image rows only, keys from 0, as im2rec
 * writes them; so do more than 2^24 keys, which a header row cannot say. Memory does not grow with the number of images.
 */
export class RecordIOWriter {
  readonly #path: string
  readonly #force: boolean
  readonly #source: string
  readonly #files: AtomicFile[] = []
  readonly #records: BlockFile
  readonly #index: BlockFile
  #count = 0
  #carried = false
  #key = 0
  /** The first key of each identity, while labels come in runs; undefined when they do not. */
  #starts: number[] | undefined
  /** Where identity rows begin and end, in a file that has a header row. */
  #identities: { start: number; end: number } | undefined
  #size: { height: number; width: number } | undefined
  #sameSize = true
  #keptProperty: string | undefined

  /** @throws DataError where one of the files exists and `force` was not asked for */
  constructor(path: string, { force = false, source = 'record stream' }: WriteOptions = {}) {
    this.#path = path
    this.#force = force
    this.#source = source
    this.#records = this.#open(path)
    try {
      this.#index = this.#open(indexPath(path))
    } catch (error) {
      this.abort()
      throw error
    }
  }

  /** How many data maps were written. */
  get count(): number {
    return this.#count
  }

  /** A `property` of another dataset that was found beside the file at the commit, and left as it is. */
  get keptProperty(): string | undefined {
    return this.#keptProperty
  }

  /** @throws DataError where a data map is not one that a `.rec` file can hold */
  write(record: DataMap): void {
    try {
      if (this.#count === 0) this.#carried = record.recordio !== undefined
      else if (this.#carried !== (record.recordio !== undefined)) {
        const [expected, found] = this.#carried ? ['with', 'without'] : ['without', 'with']
        throw new DataError({ expected: `a record ${expected} a recordio field, as before`, found: `one ${found}` })
      }
      if (this.#carried) this.#writeCarried(record)
      else this.#writeImage(record)
      if (record.image instanceof Uint8Array) this.#observe(record.image)
    } catch (error) {
      throw placed(error, { file: this.#source, record: this.#count, id: record.id })
    }
    this.#count++
  }

  /**
   * Gives the files their names. An old `.idx` goes first, then the `.rec` comes, then its `.idx`, then `property`: whatever
   * happens in between, no `.rec` ever lies beside an index of another, and a `.rec` is whole, if without its index.
   */
  commit(): void {
    if (this.#count === 0) throw new DataError({ file: this.#source, expected: 'at least one record', found: 'none' })
    if (this.#starts !== undefined) this.#writeIdentities(this.#starts)
    this.#records.flush()
    this.#index.flush()
    this.#writeProperty()
    if (this.#force) rmSync(indexPath(this.#path), { force: true })
    for (const file of this.#files) file.commit()
  }

  /** Leaves nothing behind. */
  abort(): void {
    for (const file of this.#files) file.abort()
  }

  #open(path: string): BlockFile {
    const file = new AtomicFile(path, { force: this.#force })
    this.#files.push(file)
    return new BlockFile(file)
  }

  #writeCarried(record: DataMap): void {
    const packed = packCarried(record)
    if (record.recordio?.role === 'header') {
      if (this.#identities !== undefined) {
        const expected = 'one header record (several datasets are joined without --all)'
        throw new DataError({ expected, found: 'another' })
      }
      this.#identities = readKeyRange(packed.header)
    }
    this.#append(packed, record.id ?? this.#count)
  }

  #writeImage(record: DataMap): void {
    const key = this.#key
    const packed = packImage(record, key)
    const label = personOf(firstLabel(packed.header))
    if (this.#count === 0 && label === 0) {
      this.#append(packRange(1, 1, 0), this.#key++)
      this.#starts = []
    }
    if (this.#starts !== undefined) {
      const next = this.#starts.length
      const inRun = label === next || label === next - 1
      if (!inRun || this.#key + next >= MAX_EXACT_KEY) this.#ungroup()
      else if (label === next) this.#starts.push(this.#key)
    }
    this.#append(this.#key === key ? packed : packImage(record, this.#key), this.#key)
    this.#key++
  }

  #append({ header, payload }: PackedRecord, key: RecordId): void {
    const offset = appendRecord(this.#records, header, payload)
    this.#index.text(`${indexKey(key)}\t${offset}\n`)
  }

  #writeIdentities(starts: number[]): void {
    const start = this.#key
    const end = start + starts.length
    starts.forEach((first, label) => {
      this.#append(packRange(first, starts[label + 1] ?? start, this.#key), this.#key)
      this.#key++
    })
    this.#records.overwrite(PART_HEADER_BYTES, packRange(start, end, 0).header)
    this.#identities = { start, end }
  }

  /** Takes the header row back: the rows so far are written anew in its place, under keys from 0. */
  #ungroup(): void {
    this.#starts = undefined
    this.#key = 0
    const end = this.#records.position
    this.#records.rewind()
    this.#index.rewind()
    let isHeader = true
    for (const row of this.#rows(end)) {
      if (!isHeader) {
        const header = Uint8Array.from(row.subarray(0, ID_OFFSET + 8))
        new DataView(header.buffer).setBigUint64(ID_OFFSET, BigInt(this.#key), true)
        this.#append({ header, payload: row.subarray(header.length) }, this.#key++)
      }
      isHeader = false
    }
    this.#records.truncate()
    this.#index.truncate()
  }

  /** The records written so far; each is read before another is written over it, for what is written runs behind. */
  *#rows(end: number): Generator<Uint8Array, void, undefined> {
    const fd = openSync(`${this.#path}.${process.pid}.partial`, 'r')
    try {
      const scanner = new RecordIOParser(this.#path)
      while (scanner.position < end) {
        const room = scanner.room()
        scanner.filled(readSync(fd, room, 0, Math.min(room.length, end - scanner.position), scanner.position))
        for (let row = scanner.next(); row !== undefined; row = scanner.next()) yield row
      }
    } finally {
      closeSync(fd)
    }
  }

  #observe(image: Uint8Array): void {
    if (!this.#sameSize || (this.#starts === undefined && !this.#carried)) return
    const size = imageSize(image)
    this.#size ??= size
    this.#sameSize = size !== undefined && size.height === this.#size?.height && size.width === this.#size.width
  }

  #writeProperty(): void {
    if (this.#identities === undefined || this.#size === undefined || !this.#sameSize) return
    const path = propertyPath(this.#path)
    const property = { classes: this.#identities.end - this.#identities.start, ...this.#size }
    if (isDeepStrictEqual(readProperty(path), property)) return
    if (existsSync(path) && !this.#force) {
      this.#keptProperty = path
      return
    }
    const file = new AtomicFile(path, { force: true })
    this.#files.push(file)
    file.write(Buffer.from(formatProperty(property)))
  }
}

/** @throws DataError where a key would break the index's lines, or lose blanks at its ends, which MXNet strips */
function indexKey(key: RecordId): string {
  const text = String(key)
  if (typeof key !== 'string') return text
  if (text === '' || /^\s|\s$|\p{Cc}/u.test(text)) {
    throw new DataError({ expected: 'an id that can be a key in an index', found: JSON.stringify(text) })
  }
  return text
}
