import { parseSeed, runCommand } from '@tiny-face/command-shell'
import { DEFAULT_PAIRS, parsePairs } from '../pair-count.js'
import type { Options } from './pair-stream.js'

await runCommand<Options>({
  name: 'record-pairs',
  summary: 'Draws verification pairs from labelled images: half of one person, half of two, in 10 balanced folds.',
  example: 'recordio-dump train.rec | record-select --labels 30-39 | record-pairs --seed 1 | bin-write held-out.bin',
  configure: program =>
    program
      .requiredOption('--seed <seed>', 'the pairs are a pure function of the seed and the records', parseSeed)
      .option('--same <n>', `pairs of one person (default: as many as there are, up to ${DEFAULT_PAIRS})`, parsePairs)
      .option('--different <n>', 'pairs of two people (default: as many as of one)', parsePairs)
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async (_, options) => (await import('./pair-stream.js')).pairStream(options),
})
