import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './write-lines.js'

await runCommand<Options>({
  name: 'record-json',
  summary: 'Writes a record stream as JSON Lines: an object per record, for jq and people.',
  example: 'recordio-dump train.rec | record-json | jq .label | sort | uniq -c',
  configure: program =>
    program
      .option('--all', "keep bytes, in base64, and the stream's begin: json-record restores it byte for byte")
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async (_, options) => (await import('./write-lines.js')).writeLines(options),
})
