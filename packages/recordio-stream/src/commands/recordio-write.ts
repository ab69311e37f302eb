import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './write-stream.js'

await runCommand<Options>({
  name: 'recordio-write',
  summary: 'Reads a record stream and writes an MXNet RecordIO file with its index.',
  example: 'image-dump faces | recordio-write faces.rec',
  configure: program =>
    program
      .argument('<file>', 'the .rec file; the .idx is written beside it')
      .option('--force', 'replace files that exist')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async ([file], options) => (await import('./write-stream.js')).writeStream(file!, options),
})
