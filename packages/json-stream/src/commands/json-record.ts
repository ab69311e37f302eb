import { isatty } from 'node:tty'
import { expandPaths, progressBar, runCommand } from '@tiny-face/command-shell'
import { type RecordWriter, stdoutRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { jsonRecords } from '../json-records.js'

await runCommand<{ images?: string }>({
  name: 'json-record',
  summary: 'Reads JSON Lines, or a big JSON array of objects, as a record stream.',
  example: 'json-record list.json --images photos | recordio-write faces.rec',
  configure: program =>
    program
      .argument('[files...]', 'JSON files, folders of .json, .jsonl and .ndjson, or globs; - or none: standard input')
      .option('--images <dir>', "read the image that a record's path names in this folder"),
  run(paths, { images }) {
    const files = paths.length === 0 ? ['-'] : expandPaths(paths, ['.json', '.jsonl', '.ndjson'])
    if (files.includes('-') && isatty(0)) throw new UsageError('reads JSON from standard input, which is a terminal')
    const bar = progressBar({ unit: 'records' })
    let writer: RecordWriter | undefined
    for (const { begin, record } of jsonRecords(files, { images })) {
      if (begin !== undefined) {
        writer?.end()
        writer = stdoutRecords(begin)
      } else {
        writer?.write(record)
        bar.advance(1, (record.image ?? record.payload)?.length)
      }
    }
    writer?.end()
    bar.done()
  },
})
