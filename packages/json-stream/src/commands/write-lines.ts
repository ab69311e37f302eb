import { progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { writeAll } from '@tiny-face/safe-files'
import { recordJson } from '../record-json.js'

/** Lines are handed on so many characters at a time. */
const BATCH = 1 << 18

export interface Options {
  all?: true
  unframed?: true
}

/** Writes the records of standard input to standard output as JSON Lines. */
export function writeLines({ all, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const bar = progressBar({ unit: 'records', total: reader.begin.count })
  let batch = ''
  for (const { line, record } of recordJson(reader, { all })) {
    batch += `${line}\n`
    if (record !== undefined) bar.advance(1, (record.image ?? record.payload)?.length)
    if (batch.length >= BATCH) {
      writeAll(1, Buffer.from(batch))
      batch = ''
    }
  }
  writeAll(1, Buffer.from(batch))
  bar.done()
}
