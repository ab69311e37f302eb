import { tmpdir } from 'node:os'
import { parseWhole, runCommand } from '@tiny-face/command-shell'
import type { Options } from './check-stream.js'

await runCommand<Options>({
  name: 'record-doctor',
  summary:
    'Looks through a dataset once and says what would harm a network: pictures under two labels, people of a test set, ' +
    'duplicates, damage, labels and sizes that do not fit. Exit code 3 when anything was found.',
  example: 'recordio-dump train.rec | record-doctor --test lfw.bin --report train.html --json train.json',
  configure: program =>
    program
      .option(
        '--test <file...>',
        'verification sets (.bin), folders or globs of them, whose pictures should not be there',
      )
      .option('--min-images <n>', 'fewest pictures that a person should have', parseWhole('--min-images'), 2)
      .option('--json <file>', 'write every finding as JSON; - writes JSON to stdout and the table to stderr')
      .option('--report <file>', 'write an HTML report: the pictures side by side, the most harmful findings first')
      .addOption(
        program
          .createOption('--tmp <dir>', 'where the pictures are kept for --report until it is written')
          .default(tmpdir(), "the system's folder for temporary files"),
      )
      .option(
        '--threads <n>',
        'threads that decode pictures (default: one on each processor)',
        parseWhole('--threads', 1),
      )
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .option('--force', 'replace files that exist'),
  run: async (_, options) => (await import('./check-stream.js')).checkStream(options),
})
