import { PART_OPTION, parseWhole, runCommand } from '@tiny-face/command-shell'
import type { ReadShardsOptions } from '../shards/read-shards.js'

await runCommand<ReadShardsOptions>({
  name: 'tfrecord-dump',
  summary: 'Writes the images of TFRecord files, also compressed ones (GZIP, ZLIB), as a record stream.',
  example: 'tfrecord-dump shards | recordio-write train.rec',
  configure: program =>
    program
      .argument('<files...>', 'TFRecord files, folders of them, or globs in quotes')
      .option('--all', 'every record, with its bytes (example, or payload where it is none), to be copied exactly')
      .option('--image-key <name>', 'the feature that holds the image (default: as the manifest says, or image_raw)')
      .option('--label-key <name>', 'the feature that holds the label, a number (default: likewise, or label)')
      .option(...PART_OPTION)
      .option('--limit <n>', 'at most n records', parseWhole('--limit')),
  run: async (paths, options) => (await import('./dump-tfrecord.js')).dumpTFRecord(paths, options),
})
