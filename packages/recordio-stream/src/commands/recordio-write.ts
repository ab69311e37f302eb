import { progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { RecordIOWriter } from '../write/write-recordio.js'

await runCommand<{ force?: boolean; unframed?: boolean }>({
  name: 'recordio-write',
  summary: 'Reads a record stream and writes an MXNet RecordIO file with its index.',
  example: 'image-dump faces | recordio-write faces.rec',
  configure: program =>
    program
      .argument('<file>', 'the .rec file; the .idx is written beside it')
      .option('--force', 'replace files that exist')
      .option('--unframed', 'take a bare sequence of data maps'),
  run([file], { force, unframed }) {
    const reader = stdinRecords({ unframed })
    const { source, count } = reader.begin
    const writer = new RecordIOWriter(file!, { force, source })
    const bar = progressBar({ unit: 'records', total: count })
    for (const record of reader) {
      writer.write(record)
      bar.advance(1, (record.image ?? record.payload)?.length)
    }
    writer.commit()
    bar.done()
    if (writer.keptProperty !== undefined) {
      say(`${writer.keptProperty}: is another dataset's, left as it is; --force replaces it`)
    }
  },
})
