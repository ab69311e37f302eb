import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './evaluate-stream.js'

/** What the person asked for: set by the subcommand that was given. */
let work: () => Promise<void>

await runCommand({
  name: 'face-identify',
  summary: 'Says who is who among many people.',
  example:
    'image-dump people | arcface-embed --model runs/r50 --flip | face-identify evaluate --threshold threshold.json',
  configure: program => {
    program
      .command('evaluate')
      .description('Says how often the right person is found: rank 1, 5 and 10, and TPIR at FPIR for an open set.')
      .addOption(
        program
          .createOption(
            '--protocol <name>',
            "first: each person's first image is enrolled, the others are searched for; field: a record's gallery says it, true or false",
          )
          .choices(['first', 'field'])
          .default('first'),
      )
      .option('--threshold <file>', 'what a threshold of face-calibrate comes to here')
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--unframed', 'read bare data maps, with no begin and end around them')
      .option('--force', 'replace files that exist')
      .action((options: Options) => {
        work = async () => (await import('./evaluate-stream.js')).evaluateStream(options)
      })
  },
  run: () => work(),
})
