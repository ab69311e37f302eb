import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './write-pairs.js'

await runCommand<Options>({
  name: 'bin-write',
  summary: "Writes a stream of pairs as insightface's verification set (.bin).",
  example: 'recordio-dump train.rec | record-pairs --seed 1 | bin-write pairs.bin',
  configure: program =>
    program
      .argument('<file.bin>', 'the file to write; Python reads it with pickle.load')
      .option('--force', 'replace the file where it exists')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async ([file], options) => (await import('./write-pairs.js')).writePairs(file!, options),
})
