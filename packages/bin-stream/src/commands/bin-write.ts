import { type ProgressBar, progressBar, runCommand } from '@tiny-face/command-shell'
import { type DataMap, stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile } from '@tiny-face/safe-files'
import { writeBin } from '../write-bin.js'

await runCommand<{ force?: true; unframed?: true }>({
  name: 'bin-write',
  summary: "Writes a stream of pairs as insightface's verification set (.bin).",
  example: 'recordio-dump train.rec | record-pairs --seed 1 | bin-write pairs.bin',
  configure: program =>
    program
      .argument('<file.bin>', 'the file to write; Python reads it with pickle.load')
      .option('--force', 'replace the file where it exists')
      .option('--unframed', 'take bare records, with no begin and no end'),
  run([path], { force, unframed }) {
    const reader = stdinRecords({ unframed })
    const file = new AtomicFile(path!, { force })
    const { count, source } = reader.begin
    const bar = progressBar({ unit: 'images', total: count })
    writeBin(counted(reader, bar), bytes => file.write(bytes), source)
    file.commit()
    bar.done()
  },
})

function* counted(records: Iterable<DataMap>, bar: ProgressBar): Generator<DataMap> {
  for (const record of records) {
    const { length = 0 } = record.image ?? {}
    yield record
    bar.advance(1, length)
  }
}
