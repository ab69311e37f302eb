import { parseSeed, parseSize, progressBar, runCommand } from '@tiny-face/command-shell'
import { recordBytes, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { LEAST_MEMORY } from '../shuffle-bytes.js'
import { shuffleRecords } from '../shuffle-records.js'

await runCommand<{ seed: number; memory?: number; tmp?: string; unframed?: boolean }>({
  name: 'record-shuffle',
  summary: 'Puts the records of a whole stream into a random order, in bounded memory.',
  example: 'recordio-dump train.rec | record-shuffle --seed 1 | recordio-write shuffled.rec',
  configure: program =>
    program
      .requiredOption('--seed <seed>', 'the order is a pure function of the seed and the number of records', parseSeed)
      .option('--memory <size>', 'records held at once (default: 1GiB)', parseSize('--memory', LEAST_MEMORY))
      .option('--tmp <dir>', "where what does not fit waits (default: the system's temporary folder)")
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { seed, memory, tmp: folder, unframed }) {
    const reader = stdinRecords({ unframed })
    const { source, classes, names } = reader.begin
    const writer = stdoutRecords({ source, classes, names })
    const bar = progressBar({ unit: 'records' })
    for (const record of shuffleRecords(reader, { seed, memory, folder })) {
      writer.write(record)
      bar.advance(1, recordBytes(record))
    }
    writer.end()
    bar.done()
  },
})
