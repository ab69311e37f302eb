import { progressBar, runCommand } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { writeAll } from '@tiny-face/safe-files'
import { recordJson } from '../record-json.js'

/** Lines are handed on so many characters at a time. */
const BATCH = 1 << 18

await runCommand<{ all?: true; unframed?: true }>({
  name: 'record-json',
  summary: 'Writes a record stream as JSON Lines: an object per record, for jq and people.',
  example: 'recordio-dump train.rec | record-json | jq .label | sort | uniq -c',
  configure: program =>
    program
      .option('--all', "keep bytes, in base64, and the stream's begin: json-record restores it byte for byte")
      .option('--unframed', 'take bare records, with no begin and no end'),
  run(_, { all, unframed }) {
    const reader = stdinRecords({ unframed })
    const bar = progressBar({ unit: 'records', total: reader.begin.count })
    let batch = ''
    for (const { line, record } of recordJson(reader, { all })) {
      batch += `${line}\n`
      if (record !== undefined) bar.advance(1, (record.image ?? record.payload)?.length)
      if (batch.length >= BATCH) {
        writeAll(1, Buffer.from(batch))
        batch = ''
      }
    }
    writeAll(1, Buffer.from(batch))
    bar.done()
  },
})
