import { parseSeed, parseSize, runCommand } from '@tiny-face/command-shell'
import { LEAST_MEMORY } from '../shuffle-memory.js'
import type { Options } from './shuffle-stream.js'

await runCommand<Options>({
  name: 'record-shuffle',
  summary: 'Puts the records of a whole stream into a random order, in bounded memory.',
  example: 'recordio-dump train.rec | record-shuffle --seed 1 | recordio-write shuffled.rec',
  configure: program =>
    program
      .requiredOption('--seed <seed>', 'the order is a pure function of the seed and the number of records', parseSeed)
      .option('--memory <size>', 'records held at once (default: 1GiB)', parseSize('--memory', LEAST_MEMORY))
      .option('--tmp <dir>', "where what does not fit waits (default: the system's temporary folder)")
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async (_, options) => (await import('./shuffle-stream.js')).shuffleStream(options),
})
