import { type ProgressBar, progressBar } from '@tiny-face/command-shell'
import { type DataMap, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile } from '@tiny-face/safe-files'
import { writeBin } from '../write-bin.js'

export interface Options {
  force?: true
  unframed?: true
}

/** Writes the pairs of standard input as a verification set. */
export function writePairs(path: string, { force, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const file = new AtomicFile(path, { force })
  const { count, source } = reader.begin
  const bar = progressBar({ unit: 'images', total: count })
  writeBin(counted(reader, bar), bytes => file.write(bytes), source)
  file.commit()
  bar.done()
}

function* counted(records: Iterable<DataMap>, bar: ProgressBar): Generator<DataMap> {
  for (const record of records) {
    const { length = 0 } = record.image ?? {}
    yield record
    bar.advance(1, length)
  }
}
