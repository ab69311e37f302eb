import { runCommand, stdinRecords, stdoutRecords } from '@tiny-face/record-stream'
import { parseSeed } from '../seed.js'
import { shuffleRecords } from '../shuffle-records.js'

await runCommand<{ seed: number; unframed?: boolean }>({
  name: 'record-shuffle',
  summary: 'Puts the records of a whole stream into a random order, in at most 1 GiB of memory.',
  example: 'recordio-dump train.rec | record-shuffle --seed 1 | recordio-write shuffled.rec',
  configure: program =>
    program
      .requiredOption('--seed <seed>', 'the order is a pure function of the seed and the records', parseSeed)
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { seed, unframed }) {
    const reader = stdinRecords({ unframed })
    const { source, classes, names } = reader.begin
    const writer = stdoutRecords({ source, classes, names })
    for (const record of shuffleRecords(reader, { seed })) writer.write(record)
    writer.end()
  },
})
