import { progressBar, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { type ReadWebDatasetOptions, readWebDataset, type WebDatasetRecords } from '../read-webdataset.js'

/** Writes the images of shards to standard output. */
export function dumpWebDataset(paths: readonly string[], options: ReadWebDatasetOptions): void {
  const records = readWebDataset(paths, options)
  const writer = stdoutRecords(records.begin)
  const bar = progressBar({ unit: 'records', total: records.begin.count })
  for (const record of records) {
    writer.write(record)
    bar.advance(1, record.image!.byteLength)
  }
  writer.end()
  remark(records)
  bar.done()
}

/** Says what a person would wonder about. */
function remark({ leftOut, leftOutExtensions, unlabelled }: WebDatasetRecords): void {
  const samples = (count: number) => (count === 1 ? '1 sample' : `${count} samples`)
  if (leftOut > 0) {
    const extensions = leftOutExtensions!.map(extension => `.${extension}`).join(', ')
    say(`left out ${samples(leftOut)} without a JPEG or PNG as .jpg, .jpeg or .png; the first has ${extensions}`)
  }
  if (unlabelled > 0) say(`${samples(unlabelled)} with an image but no whole number as .cls: passed on without a label`)
}
