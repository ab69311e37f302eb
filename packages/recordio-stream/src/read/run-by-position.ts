/** Records one by one, in any order, each from the place that an index says. */

import { type Part, partBounds } from '@tiny-face/command-shell'
import { DataError, type RecordId } from '@tiny-face/safe-files'
import { lowerBound } from '../index/lower-bound.js'
import type { RecordIndex } from '../index/read-index.js'
import { staleIndex } from '../index/read-index.js'
import { findRecordEnd } from './find-record-bounds.js'
import type { RecordOrder } from './parse-order.js'
import type { RecordFile } from './record-file.js'
import { orderEntries } from './record-order.js'
import type { Damage, RecordRun } from './record-run.js'

export interface RunOptions {
  order: Exclude<RecordOrder, 'file'>
  part?: Part | undefined
  /** Takes what is left out, in the order of reading; where it is not given, damage is an error. */
  damage?: Damage[] | undefined
}

export interface IndexedFile {
  file: RecordFile
  index: RecordIndex
}

/** The records of one or more files in an order, or the run of that order that is one part, as long in bytes as any other. */
export class RunByPosition implements RecordRun {
  readonly length: number
  file: RecordFile
  id: RecordId = 0
  readonly #files: readonly IndexedFile[]
  /** The number of each file's first entry, entries being counted through. */
  readonly #bases: number[] = []
  readonly #order: Uint32Array
  readonly #damage: Damage[] | undefined
  #next = 0
  #unlisted = 0

  constructor(files: readonly IndexedFile[], options: RunOptions) {
    this.#files = files
    this.#damage = options.damage
    this.file = files[0]!.file
    let base = 0
    for (const { index } of files) {
      this.#bases.push(base)
      base += index.keys.length
    }
    const order = orderEntries(
      files.map(({ index }) => index),
      options.order,
    )
    this.#order = options.part === undefined ? order : this.#cut(order, options.part)
    this.length = this.#order.length
  }

  /** Bytes of the files that their indexes list no record for, as far as was read. */
  get unlisted(): number {
    return this.#unlisted
  }

  next(): Uint8Array | undefined {
    while (this.#next < this.#order.length) {
      const place = this.#place(this.#order[this.#next++]!)
      this.file = place.file
      this.id = place.index.keys[place.entry]!
      if (this.#damage === undefined) return this.#read(place)
      try {
        findRecordEnd(place.file, place.offset)
        return this.#read(place)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        const reason = `key ${this.id}: expected ${error.expected}, found ${error.found}`
        this.#damage.push({ file: place.file.path, from: place.offset, to: place.until, reason })
      }
    }
    return undefined
  }

  #read({ file, index, entry, offset, until }: Place): Uint8Array {
    if (!file.seek(offset, until - offset)) {
      throw staleIndex(index, entry, file, `a record at byte ${offset} of ${file.path}`, 'none')
    }
    const record = this.#recordHere(file)
    const { end } = file.scanner
    if (end > until) {
      const expected = `the record at byte ${offset} of ${file.path} to end by byte ${until}, where the next one is`
      throw staleIndex(index, entry, file, expected, `its end at byte ${end}`)
    }
    if (index === file.index) this.#unlisted += until - end + (entry === 0 ? offset : 0)
    return record
  }

  #recordHere(file: RecordFile): Uint8Array {
    try {
      return file.next()!
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      throw new DataError({ ...error.fault, record: undefined, id: this.id })
    }
  }

  #place(number: number): Place {
    const place = lowerBound(this.#bases, number + 1) - 1
    const { file, index } = this.#files[place]!
    const entry = number - this.#bases[place]!
    const offset = index.offsets[entry]!
    // Two keys may be of one record.
    let next = entry + 1
    while (index.offsets[next] === offset) next++
    return { file, index, entry, offset, until: index.offsets[next] ?? Math.max(file.size!, offset) }
  }

  #cut(order: Uint32Array, part: Part): Uint32Array {
    const size = (number: number) => {
      const { offset, until } = this.#place(number)
      return until - offset
    }
    const { from, to } = partBounds(
      order.reduce((sum, number) => sum + size(number), 0),
      part,
    )
    let at = 0
    let start = 0
    let end = 0
    for (const number of order) {
      if (at < from) start++
      if (at < to) end++
      at += size(number)
    }
    return order.slice(start, end)
  }
}

interface Place {
  file: RecordFile
  index: RecordIndex
  entry: number
  offset: number
  /** Where the next record that the index lists begins, or the file ends. */
  until: number
}
