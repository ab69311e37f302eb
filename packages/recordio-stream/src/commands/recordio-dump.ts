import { runCommand, stdoutRecords } from '@tiny-face/record-stream'
import { type ReadOptions, readRecordIO } from '../read-recordio.js'

await runCommand<ReadOptions>({
  name: 'recordio-dump',
  summary: 'Reads an MXNet RecordIO file and writes its images as a record stream.',
  example: 'recordio-dump faces/train.rec | tfrecord-write --out shards --shards 4 --shuffle 1',
  configure: program =>
    program
      .argument('<file>', 'a .rec file; keys are taken from the .idx beside it')
      .option('--all', 'every record, not only images: recordio-write restores the file byte for byte')
      .option('--index', 'in the order of the keys in the .idx'),
  run([file], options) {
    const reader = readRecordIO(file!, options)
    const writer = stdoutRecords(reader.begin)
    for (const record of reader) writer.write(record)
    writer.end()
    if (reader.leftOut > 0) {
      const records = reader.leftOut === 1 ? '1 record that is' : `${reader.leftOut} records that are`
      process.stderr.write(`recordio-dump: ${file}: left out ${records} no JPEG or PNG with a label; --all keeps all\n`)
    }
  },
})
