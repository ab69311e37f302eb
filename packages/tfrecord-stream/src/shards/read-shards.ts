import type { Part } from '@tiny-face/command-shell'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { dumpRecord, exampleOrUndefined } from '../example/dump-record.js'
import { DEFAULT_KEYS, type ExampleKeys, exampleKeys } from '../example/example-keys.js'
import { type RecordRange, readTFRecord } from '../framing/read-tfrecord.js'
import { findShards, type ShardFile } from './find-shards.js'
import { type PartPlan, planPart } from './plan-part.js'

/** Feature names that a message lists. */
const LISTED = 12

export interface ReadShardsOptions {
  /** Every record, with its bytes, not only those with an image. */
  all?: boolean | undefined
  /** The features that hold the image and its label; what is not given is as the manifest says, or `image_raw` and `label`. */
  imageKey?: string | undefined
  labelKey?: string | undefined
  /** One of so many parts of all records: disjoint, together complete, balanced by bytes. */
  part?: Part | undefined
  /** At most so many data maps. */
  limit?: number | undefined
}

/**
 * The records of TFRecord files as data maps; their `id` is the running index among all records of all files, whichever part
 * of them is read.
 *
 * @param paths files, folders of shards and globs, as `findShards` takes them
 * @throws UsageError where one feature is to hold both the image and its label
 */
export function readShards(paths: readonly string[], options: ReadShardsOptions = {}): ShardRecords {
  return new ShardRecords(paths, options)
}

export class ShardRecords implements Iterable<DataMap> {
  /** What is known of all records ahead, of whichever part. */
  readonly begin: BeginFields
  /** The features that hold image and label in the first file; other folders may have others. */
  readonly keys: ExampleKeys
  /** Records read so far that were left out, for they hold no image. */
  leftOut = 0
  /** The features of the first of them, where it is an Example. */
  leftOutFeatures: string[] | undefined
  /** Images read so far that came without a label. */
  unlabelled = 0
  readonly #options: ReadShardsOptions
  readonly #plan: Omit<PartPlan, 'runs'> & { runs: (ShardFile & Partial<RecordRange>)[] }

  constructor(paths: readonly string[], options: ReadShardsOptions) {
    const { files, manifest } = findShards(paths)
    this.#options = options
    this.keys = this.#keysOf(files[0])
    this.#plan = options.part === undefined ? { firstId: 0, runs: files } : planPart(files, options.part)
    // The manifest counts the images under its own name for them.
    const sameKey = this.keys.image === (manifest?.keys ?? DEFAULT_KEYS).image
    const whole = options.all ? manifest?.count : sameKey ? manifest?.images : undefined
    const known = options.part === undefined && whole !== undefined
    this.begin = {
      count: known ? Math.min(whole, options.limit ?? whole) : undefined,
      classes: manifest?.classes,
      names: manifest?.names,
      source: paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`,
      part: options.part && { ...options.part, first: this.#plan.firstId },
    }
  }

  /**
   * Bytes in a data map are valid only until the next is asked for.
   *
   * @throws DataError where a file is damaged or does not hold the number of records that its manifest says, or there is nothing
   *   to give: no record, or none with an image
   */
  *[Symbol.iterator](): Generator<DataMap, void, undefined> {
    let id = this.#plan.firstId
    let left = this.#options.limit ?? Number.POSITIVE_INFINITY
    if (left === 0) return
    let isEmpty = true
    for (const run of this.#plan.runs) {
      const { path, count, start = 0, record = 0, end = Number.POSITIVE_INFINITY } = run
      const first = id - record
      const keys = this.#keysOf(run)
      for (const { offset, data } of readTFRecord(path, { start, record, end })) {
        const map = this.#map(data, id, keys, path, offset, id - first)
        id++
        if (map === undefined) continue
        isEmpty = false
        yield map
        if (--left === 0) return
      }
      if (count !== undefined && end === Number.POSITIVE_INFINITY && id - first !== count) {
        throw new DataError({ file: path, expected: `${count} records, as the manifest says`, found: `${id - first}` })
      }
    }
    // Of few records a part may have none.
    if (isEmpty && this.#options.part === undefined) throw this.#emptiness()
  }

  #emptiness(): DataError {
    const expected = `at least one ${this.#options.all ? 'record' : `record with an image as ${this.keys.image} (--image-key)`}`
    const found = this.leftOut === 0 ? 'no record' : `${this.leftOut} without${this.leftOutNames()}; --all keeps all`
    return new DataError({ file: this.begin.source, expected, found })
  }

  /** The features of the first record that was left out, for messages. */
  leftOutNames(): string {
    const names = this.leftOutFeatures ?? []
    if (names.length === 0) return ''
    return `; the first has ${names.slice(0, LISTED).join(', ')}${names.length > LISTED ? ', …' : ''}`
  }

  #keysOf(file?: ShardFile): ExampleKeys {
    const { imageKey, labelKey } = this.#options
    return exampleKeys({ imageKey: imageKey ?? file?.keys?.image, labelKey: labelKey ?? file?.keys?.label })
  }

  #map(
    data: Uint8Array,
    id: number,
    keys: ExampleKeys,
    file: string,
    offset: number,
    record: number,
  ): DataMap | undefined {
    let map: DataMap | undefined
    try {
      map = dumpRecord(data, id, this.#options.all, keys)
    } catch (error) {
      throw placed(error, { file, offset, record })
    }
    if (map === undefined) {
      if (this.leftOut++ === 0) this.leftOutFeatures = [...(exampleOrUndefined(data)?.keys() ?? [])]
    } else if (map.label === undefined && map.image !== undefined) this.unlabelled++
    return map
  }
}
