import { progressBar, say } from '@tiny-face/command-shell'
import { recordBytes, severalNumbers, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { pairRecords } from '../pair-records.js'

export interface Options {
  seed: number
  same?: number
  different?: number
  unframed?: boolean
}

/** Writes verification pairs of the images on standard input to standard output. */
export function pairStream({ seed, same, different, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const { source, classes, names, alignment } = reader.begin
  const { pairs, records, several } = pairRecords(reader, { seed, same, different, source })
  const writer = stdoutRecords({ count: 2 * pairs.length, classes, names, source, alignment })
  const bar = progressBar({ unit: 'records', total: 2 * pairs.length })
  for (const record of records) {
    writer.write(record)
    bar.advance(1, recordBytes(record))
  }
  writer.end()
  bar.done()
  if (several > 0) say(severalNumbers(several))
}
