import { progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { type ParquetRecords, parquetRecords } from '../parquet-records.js'

await runCommand({
  name: 'parquet-dump',
  summary:
    'Writes the images of Parquet files (columns image and label, or image1, image2 and label) as a record stream.',
  example: "parquet-dump 'faces/train-*.parquet' | tfrecord-write --out shards --shards 64 --shuffle 1",
  configure: program => program.argument('<files...>', 'Parquet files, folders of them, or globs in quotes'),
  async run(paths) {
    const records = await parquetRecords(paths)
    const writer = stdoutRecords(records.begin)
    const bar = progressBar({ unit: 'records' })
    for await (const record of records) {
      writer.write(record)
      bar.advance(1, record.image!.byteLength)
    }
    writer.end()
    remark(records)
    bar.done()
  },
})

/** Says what a person would wonder about. */
function remark({ leftOut, leftOutFor, unlabelled }: ParquetRecords): void {
  const rows = (count: number) => (count === 1 ? '1 row' : `${count} rows`)
  if (leftOut > 0) say(`left out ${rows(leftOut)} without a JPEG or PNG; the first has ${leftOutFor}`)
  if (unlabelled > 0) say(`${rows(unlabelled)} with an image but no number as label`)
}
