import { runCommand } from '@tiny-face/command-shell'
import type { Options } from './verify-folders.js'

await runCommand<Options>({
  name: 'tfrecord-verify',
  summary: 'Reads folders of shards again, every byte, against their manifests; one line for each thing that is wrong.',
  example: 'tfrecord-verify shards',
  configure: program =>
    program
      .argument('<dirs...>', 'folders that tfrecord-write wrote')
      .option('--images', 'decode every image as well: some may have been damaged before they were written'),
  run: async (folders, options) => (await import('./verify-folders.js')).verifyFolders(folders, options),
})
