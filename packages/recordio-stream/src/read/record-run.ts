/** What a reader takes its records from, one after another. */
import type { RecordId } from '@tiny-face/safe-files'
import type { RecordFile } from './record-file.js'

export interface RecordRun {
  /** How many records it will give, where an index tells. */
  readonly length: number | undefined
  /** Of the record that `next` returned: its file, and its key there, or what stands for it. */
  readonly file: RecordFile
  readonly id: RecordId
  /** @returns undefined at the end */
  next(): Uint8Array | undefined
}

/** What was left out of a damaged file. */
export interface Damage {
  file: string
  /** The bytes from `from` to before `to`. */
  from: number
  to: number
  /** What was wrong where they begin. */
  reason: string
}
