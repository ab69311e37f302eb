import { parseWhole, runCommand } from '@tiny-face/command-shell'
import type { Options } from './select-stream.js'

await runCommand<Options>({
  name: 'record-select',
  summary: 'Keeps the records of some people.',
  example: 'recordio-dump train.rec | record-select --labels 0-29,35 --renumber | tfrecord-write --out shards',
  configure: program =>
    program
      .option('--labels <ranges>', 'labels to keep, such as 0-29,35; @FILE reads a file of one a line')
      .option('--except <ranges>', 'labels to leave out, likewise')
      .option(
        '--except-ids <ids>',
        'records to leave out by their ids, such as 7,40-59; @FILE reads a file of one a line',
      )
      .option(
        '--renumber [first]',
        'map the kept labels to first, first + 1, …, in ascending order (default: from 0)',
        parseWhole('--renumber'),
      )
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async (_, options) => (await import('./select-stream.js')).selectStream(options),
})
