import { progressBar } from '@tiny-face/command-shell'
import { recordBytes, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { shuffleRecords } from '../shuffle-records.js'

export interface Options {
  seed: number
  memory?: number
  tmp?: string
  unframed?: boolean
}

/** Writes the records of standard input to standard output in a random order. */
export function shuffleStream({ seed, memory, tmp: folder, unframed }: Options): void {
  const reader = stdinRecords({ unframed })
  const { source, classes, names } = reader.begin
  const writer = stdoutRecords({ source, classes, names })
  const bar = progressBar({ unit: 'records' })
  for (const record of shuffleRecords(reader, { seed, memory, folder })) {
    writer.write(record)
    bar.advance(1, recordBytes(record))
  }
  writer.end()
  bar.done()
}
