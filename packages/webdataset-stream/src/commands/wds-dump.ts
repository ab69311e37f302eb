import { progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { readWebDataset, type WebDatasetRecords } from '../read-webdataset.js'

await runCommand({
  name: 'wds-dump',
  summary: 'Writes the images of WebDataset shards (.tar, .tar.gz) as a record stream.',
  example: 'wds-dump shards | recordio-write train.rec',
  configure: program => program.argument('<files...>', 'tar files, folders of them, or globs in quotes'),
  run(paths) {
    const records = readWebDataset(paths)
    const writer = stdoutRecords(records.begin)
    const bar = progressBar({ unit: 'records', total: records.begin.count })
    for (const record of records) {
      writer.write(record)
      bar.advance(1, record.image!.byteLength)
    }
    writer.end()
    remark(records)
    bar.done()
  },
})

/** Says what a person would wonder about. */
function remark({ leftOut, leftOutExtensions, unlabelled }: WebDatasetRecords): void {
  const samples = (count: number) => (count === 1 ? '1 sample' : `${count} samples`)
  if (leftOut > 0) {
    const extensions = leftOutExtensions!.map(extension => `.${extension}`).join(', ')
    say(`left out ${samples(leftOut)} without a JPEG or PNG as .jpg, .jpeg or .png; the first has ${extensions}`)
  }
  if (unlabelled > 0) say(`${samples(unlabelled)} with an image but no whole number as .cls`)
}
