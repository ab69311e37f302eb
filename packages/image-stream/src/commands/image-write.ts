import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './write-images.js'

await runCommand<Options>({
  name: 'image-write',
  summary: 'Writes the images of a record stream as a folder, a folder per person in it, byte for byte.',
  example: 'recordio-dump train.rec | image-write people',
  configure: program =>
    program
      .argument('<dir>', 'the folder to write; it has its name only when it is whole')
      .option('--force', 'replace the folder where it exists, if it holds nothing but people and their images')
      .option('--unframed', 'take records alone, without the messages that begin and end a stream'),
  run: async ([dir], options) => (await import('./write-images.js')).writeImages(dir!, options),
})
