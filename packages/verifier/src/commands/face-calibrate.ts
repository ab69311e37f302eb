import { InvalidArgumentError, parseSeed, runCommand } from '@tiny-face/command-shell'
import type { Options } from './calibrate-stream.js'

await runCommand<Options>({
  name: 'face-calibrate',
  summary: 'Finds the threshold at which two of your own people are taken for one as rarely as you want.',
  example:
    'image-dump people | arcface-embed --model runs/r50 --flip | face-calibrate --far 1e-4 --json threshold.json',
  configure: program =>
    program
      .requiredOption(
        '--far <rate>',
        'the false accept rate: the share of pairs of two people to let pass, 1e-4 say',
        parseFar,
      )
      .option(
        '--json <file>',
        'write threshold, intervals and what they rest on; - writes JSON to stdout and the table to stderr',
      )
      .option('--seed <seed>', 'of more faces than can be compared, decides which are drawn', parseSeed, 1)
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .option('--force', 'replace files that exist'),
  run: async (_, options) => (await import('./calibrate-stream.js')).calibrateStream(options),
})

function parseFar(text: string): number {
  const far = Number(text)
  if (!(far > 0 && far <= 0.1)) throw new InvalidArgumentError('It is a rate over 0 and at most 0.1, such as 1e-4.')
  return far
}
