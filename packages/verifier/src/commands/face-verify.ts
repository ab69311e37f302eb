import { parseSeed, parseWhole, runCommand } from '@tiny-face/command-shell'
import { PROTOCOL_NAMES } from '../protocol-names.js'
import type { Options } from './verify-stream.js'

await runCommand<Options & { compare?: string[] }>({
  name: 'face-verify',
  summary:
    "Says how well embeddings tell pairs of the same person from pairs of two people, by insightface's protocol and by all pairs.",
  example: `bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify --report lfw.html
face-verify --compare a.json b.json`,
  configure: program =>
    program
      .addOption(
        program
          .createOption('--protocol <name>', 'whose way to compare faces and to decide')
          .choices(PROTOCOL_NAMES)
          .default('insightface'),
      )
      .option('--pca <n>', 'take the accuracy along n principal components, as insightface can', parseWhole('--pca', 1))
      .option('--by <field>', 'the figures for each value of a field of the records, too')
      .option(
        '--samples <n>',
        'bootstrap samples that intervals are taken from; 0 for none',
        parseWhole('--samples', 0),
      )
      .option('--seed <n>', 'of the bootstrap', parseSeed, 1)
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--pairs', "add each pair's distance to the JSON, which --compare reads")
      .option(
        '--report <file>',
        'write an HTML report: ROC and DET curves, distances, folds, the hardest pairs as pictures',
      )
      .option('--beside <json...>', 'results of other models on the same set, made with --json, to show on the report')
      .option(
        '--compare <json...>',
        'say of two results of the same pairs, made with --json and --pairs, whether one is better; reads no stream',
      )
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .option('--force', 'replace files that exist'),
  run: async (_, { compare, ...options }) => {
    if (compare === undefined) await (await import('./verify-stream.js')).verifyStream(options)
    else (await import('./compare-files.js')).compareFiles(compare, options)
  },
})
