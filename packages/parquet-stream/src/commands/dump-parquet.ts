import { progressBar, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { type ParquetOptions, type ParquetRecords, parquetRecords } from '../parquet-records.js'

/** Writes the images of Parquet files to standard output. */
export async function dumpParquet(paths: readonly string[], options: ParquetOptions): Promise<void> {
  const records = await parquetRecords(paths, options)
  const writer = stdoutRecords(records.begin)
  const bar = progressBar({ unit: 'records' })
  for await (const record of records) {
    writer.write(record)
    bar.advance(1, record.image!.byteLength)
  }
  writer.end()
  remark(records)
  bar.done()
}

/** Says what a person would wonder about. */
function remark({ leftOut, leftOutFor, unlabelled }: ParquetRecords): void {
  const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`)
  if (leftOut > 0) say(`left out ${rows(leftOut)} without a JPEG or PNG; the first has ${leftOutFor}`)
  if (unlabelled > 0) say(`${rows(unlabelled)} with an image but no number as label: passed on without one`)
}
