import { PART_OPTION, runCommand } from '@tiny-face/command-shell'
import type { ReadWebDatasetOptions } from '../read-webdataset.js'

await runCommand<ReadWebDatasetOptions>({
  name: 'wds-dump',
  summary: 'Writes the images of WebDataset shards (.tar, .tar.gz) as a record stream.',
  example: 'wds-dump shards | recordio-write train.rec',
  configure: program =>
    program.argument('<files...>', 'tar files, folders of them, or globs in quotes').option(...PART_OPTION),
  run: async (paths, options) => (await import('./dump-webdataset.js')).dumpWebDataset(paths, options),
})
