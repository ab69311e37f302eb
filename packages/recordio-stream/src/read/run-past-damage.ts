/** Records in the order of a damaged file: those that are whole. */
import { DataError, type RecordId } from '@tiny-face/safe-files'
import { nextMagic } from '../framing/append-record.js'
import { lowerBound } from '../index/lower-bound.js'
import { staleIndex } from '../index/read-index.js'
import { findRecord, findRecordEnd } from './find-record-bounds.js'
import type { RecordFile } from './record-file.js'
import type { Damage, RecordRun } from './record-run.js'

/**
 * As `FileRun`, but goes on behind what is damaged, at the next place where a record begins. A record is whole when its parts
 * are as they should be and another record, or the end of the file, follows right behind: so the one before a damaged header
 * is left out with it, for its own length may be what is wrong, and sectors that were lost begin in it as a rule.
 */
export class RunPastDamage implements RecordRun {
  readonly file: RecordFile
  readonly length = undefined
  id: RecordId = 0
  readonly #damage: Damage[]
  readonly #inPart: boolean
  readonly #to: number
  #at: number
  #count = 0

  /** @param damage takes what is left out, in the order of the file */
  constructor(file: RecordFile, damage: Damage[], bounds?: { from: number; to: number }) {
    this.file = file
    this.#damage = damage
    this.#inPart = bounds !== undefined
    this.#to = bounds?.to ?? file.size!
    this.#at = bounds === undefined || bounds.from === 0 ? 0 : findRecord(file, bounds.from)
  }

  next(): Uint8Array | undefined {
    while (this.#at < this.#to) {
      const start = this.#at
      const record = this.#whole(start)
      if (record !== undefined) {
        this.id = this.#idOf(start)
        this.#count++
        return record
      }
      this.#at = findRecord(this.file, start + 4)
      this.#damage.at(-1)!.to = this.#at
    }
    return undefined
  }

  #whole(start: number): Uint8Array | undefined {
    try {
      const { end, parts } = findRecordEnd(this.file, start)
      this.file.seek(start)
      const record = this.file.next()!
      expectParts(record, parts, start)
      this.#at = end
      return record
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      this.#leaveOut(start, error)
      return undefined
    }
  }

  #leaveOut(from: number, { offset, expected, found }: DataError): void {
    const last = this.#damage.at(-1)
    if (last?.file === this.file.path && last.to === from) return
    const reason = `${offset === from ? '' : `at byte ${offset} `}expected ${expected}, found ${found}`
    this.#damage.push({ file: this.file.path, from, to: from, reason })
  }

  #idOf(offset: number): RecordId {
    const { index } = this.file
    if (index === undefined) return this.#inPart ? offset : this.#count
    const entry = lowerBound(index.offsets, offset)
    if (index.offsets[entry] === offset) return index.keys[entry]!
    throw staleIndex(index, entry, this.file, `an entry for the record at byte ${offset} of ${this.file.path}`, 'none')
  }
}

/** @throws DataError where a record holds the magic number oftener than it has joints: a length reaches over another part */
function expectParts(record: Uint8Array, parts: number, offset: number): void {
  let count = 1
  for (let at = nextMagic(record, 0); at >= 0; at = nextMagic(record, at + 4)) count++
  if (count <= parts) return
  throw new DataError({ offset, expected: `a record in ${parts} parts`, found: `what begins ${count}` })
}
