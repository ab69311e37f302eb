/** `.rec` files as data maps, synchronously: the fast path, and what `recordio-dump` is. */

import { type Part, partBounds } from '@tiny-face/command-shell'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { IndexEntries } from '../index/index-entries.js'
import { indexPath, type RecordIndex } from '../index/read-index.js'
import type { RecordOrder } from './parse-order.js'
import { RecordFile } from './record-file.js'
import type { Damage, RecordRun } from './record-run.js'
import { recordsBefore } from './records-before.js'
import { RunByPosition } from './run-by-position.js'
import { RunPastDamage } from './run-past-damage.js'
import { FileRun } from './run-through-file.js'

export interface ReadOptions {
  /** Every record, with its `recordio` field, instead of just the images. */
  all?: boolean
  /** In what order: `file` by default. */
  order?: RecordOrder
  /** Only one part of that order. Parts are disjoint, all of them together are complete, and equally long in bytes. */
  part?: Part
  /** At most so many data maps. */
  limit?: number
  /** Leave out what is damaged, and list it in `damage`, instead of stopping there. */
  skipDamaged?: boolean
}

/**
 * Opens one or more `.rec` files, to be read as one stream. Iterate once, or `close()`.
 *
 * @throws DataError where an index beside a file is no index, where order `index` is asked for and there is none, or where
 *   more than the file's order is asked of a pipe
 */
export function readRecordIO(path: string | readonly string[], options: ReadOptions = {}): RecordIOReader {
  return new RecordIOReader(typeof path === 'string' ? [path] : path, options)
}

/**
 * The records of the files: `{id, label, image}` for each image; with `all` also header, identity and raw records, each with
 * its `recordio` field.
 *
 * `id` is the record's key in the index beside its file (`x.idx` beside `x.rec`), or its number from 0 where there is none;
 * in a part of the file's order, where nobody counted, the byte where it begins. `label` is a number, or a float32 tensor
 * `[n]` where the record has n > 1 of them.
 *
 * A part is a run of the order: what begins in its share of the bytes. In the file's order that is the same with and
 * without an index; then a part's start is looked for as dmlc-core's InputSplit does (src/io/recordio_split.cc).
 *
 * Bytes in a data map are valid only until the next one is asked for: copy what is kept.
 */
export class RecordIOReader implements Iterable<DataMap> {
  /**
   * What is known ahead, in a part also of the whole: `source`; `classes`, from the header row as far as labels bear it out, or
   * the file `property`, the largest of several files'; `count`, where header rows or indexes tell. Of a part also which it is, and of
   * one of the files' own order, where every file has an index, the number of its first record.
   */
  readonly begin: BeginFields
  /** What was left out, as far as was read. */
  readonly damage: Damage[] = []
  readonly #files: RecordFile[] = []
  readonly #runs: RecordRun[]
  readonly #limit: number

  constructor(paths: readonly string[], options: ReadOptions = {}) {
    this.#limit = options.limit ?? Number.POSITIVE_INFINITY
    try {
      for (const path of paths) this.#files.push(new RecordFile(path, { all: options.all ?? false }))
      this.#runs = this.#plan(options)
      this.begin = this.#describe(paths, options)
    } catch (error) {
      this.close()
      throw error
    }
  }

  /** How many records were left out: no JPEG or PNG, and no header or identity row either. */
  get leftOut(): number {
    return this.#files.reduce((sum, { unpacker }) => [...unpacker.leftOut.values()].reduce((a, b) => a + b, sum), 0)
  }

  /** How many of them are images of which other format, in words: `10 BMP, 2 GIF`; empty where none is. */
  get leftOutFormats(): string {
    const counts = new Map<string, number>()
    for (const [format, count] of this.#files.flatMap(({ unpacker }) => [...unpacker.leftOut])) {
      if (format !== undefined) counts.set(format, (counts.get(format) ?? 0) + count)
    }
    return Array.from(counts, ([format, count]) => `${count} ${format.toUpperCase()}`).join(', ')
  }

  /** Bytes of the files that their indexes do not list, as far as was read by them. */
  get unlisted(): number {
    return this.#runs.reduce((sum, run) => sum + (run instanceof RunByPosition ? run.unlisted : 0), 0)
  }

  /** What the files say of their numbers of classes, where that is contradictory; each with its file's name. */
  get conflicts(): string[] {
    return this.#files.flatMap(({ path, conflict }) => (conflict === undefined ? [] : [`${path}: ${conflict}`]))
  }

  close(): void {
    for (const file of this.#files) file.close()
  }

  /** @throws DataError where a file is damaged or ends within a record, or an index is not its file's */
  *[Symbol.iterator](): Generator<DataMap, void, undefined> {
    let left = this.#limit
    if (left === 0) return this.close()
    try {
      for (const run of this.#runs) {
        for (let record = run.next(); record !== undefined; record = run.next()) {
          const map = run.file.unpacker.unpack(record, run.id)
          if (map === undefined) continue
          yield map
          if (--left === 0) return
        }
        run.file.close()
      }
    } finally {
      this.close()
    }
  }

  #plan({ order = 'file', part, skipDamaged = false }: ReadOptions): RecordRun[] {
    const damage = skipDamaged ? this.damage : undefined
    if (order !== 'file' || part !== undefined || skipDamaged) this.#files.forEach(expectRegular)
    if (order !== 'file') {
      const files = this.#files.map(file => ({ file, index: file.index ?? scanned(file, order, damage) }))
      return files.length === 0 ? [] : [new RunByPosition(files, { order, part, damage })]
    }
    if (part === undefined) return this.#files.map(file => throughFile(file, damage))
    const { from, to } = partBounds(
      this.#files.reduce((sum, { size }) => sum + size!, 0),
      part,
    )
    let base = 0
    return this.#files.flatMap(file => {
      const bounds = { from: Math.max(0, from - base), to: Math.min(file.size!, to - base) }
      base += file.size!
      return bounds.from < bounds.to ? [throughFile(file, damage, bounds)] : []
    })
  }

  #describe(paths: readonly string[], { all = false, order = 'file', part, skipDamaged }: ReadOptions): BeginFields {
    const source = paths.length === 1 ? paths[0] : `${paths[0]} and ${paths.length - 1} more`
    const classes = this.#files.map(file => file.classes).filter(classes => classes !== undefined)
    const counts = all ? this.#runs.map(run => run.length) : this.#files.map(file => file.images)
    const known = !skipDamaged && (all || part === undefined)
    const count = known ? counts.reduce(plus, 0) : undefined
    return {
      count: count === undefined ? undefined : Math.min(count, this.#limit),
      classes: classes.length === 0 ? undefined : Math.max(...classes),
      source,
      part: part && { ...part, first: order === 'file' && !skipDamaged ? this.#firstOf(part, all) : undefined },
    }
  }

  #firstOf(part: Part, all: boolean): number | undefined {
    const { from } = partBounds(
      this.#files.reduce((sum, { size }) => sum + size!, 0),
      part,
    )
    return recordsBefore(this.#files, from, all)
  }
}

function throughFile(file: RecordFile, damage?: Damage[], bounds?: { from: number; to: number }): RecordRun {
  return damage === undefined ? new FileRun(file, bounds) : new RunPastDamage(file, damage, bounds)
}

/** An index of a file that has none: its records by their numbers. */
function scanned(file: RecordFile, order: RecordOrder, damage?: Damage[]): RecordIndex {
  const entries = new IndexEntries(0)
  const name = indexPath(file.path)
  if (order === 'index') {
    throw new DataError({ file: name, expected: 'the index that is to be read by', found: 'no such file' })
  }
  const run = throughFile(file, damage)
  while (run.next() !== undefined) {
    entries.push(entries.length, file.scanner.offset)
  }
  return { file: name, keys: entries.keys, offsets: entries.offsets }
}

function expectRegular({ path, size }: RecordFile): void {
  if (size !== undefined) return
  throw new DataError({ file: path, expected: 'a file on disk, for parts, orders and damage', found: 'a pipe' })
}

function plus(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}
