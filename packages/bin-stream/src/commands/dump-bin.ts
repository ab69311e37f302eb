import { progressBar } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { binRecords } from '../bin-records.js'
import { openBin } from '../open-bin.js'

/** Writes the images of a verification set to standard output. */
export function dumpBin(file: string): void {
  const set = openBin(file)
  const writer = stdoutRecords({ count: set.images.length, source: file })
  const bar = progressBar({ unit: 'images', total: set.images.length })
  for (const record of binRecords(set)) {
    writer.write(record)
    bar.advance(1, record.image.length)
  }
  writer.end()
  bar.done()
}
