import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './verify-stream.js'

await runCommand<Options>({
  name: 'face-verify',
  summary:
    "Says how well embeddings tell pairs of the same person from pairs of two people, by insightface's protocol.",
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify --report lfw.html',
  configure: program =>
    program
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--report <file>', 'write an HTML report: ROC curve, distances, folds, the hardest pairs as pictures')
      .option('--unframed', 'read bare data maps, with no begin and end around them')
      .option('--force', 'replace files that exist'),
  run: async (_, options) => (await import('./verify-stream.js')).verifyStream(options),
})
