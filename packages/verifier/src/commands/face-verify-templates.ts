import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './verify-templates-stream.js'

await runCommand<Options>({
  name: 'face-verify-templates',
  summary: "Verifies templates of several images a side by IJB's lists, as insightface evaluates IJB-B and IJB-C.",
  example:
    'image-dump aligned | arcface-embed --model r50.onnx --flip | face-verify-templates --templates ijbc_face_tid_mid.txt --pairs ijbc_template_pair_label.txt',
  configure: program =>
    program
      .requiredOption('--templates <file>', 'lines of an image name, a template id and a media id')
      .requiredOption('--pairs <file>', 'lines of two template ids, and 1 for one person or 0 for two')
      .option(
        '--scores <file>',
        "lines of an image name …, the detector's score last: images count by it, as in insightface",
      )
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream')
      .option('--force', 'replace files that exist'),
  run: async (_, options) => (await import('./verify-templates-stream.js')).verifyTemplatesStream(options),
})
