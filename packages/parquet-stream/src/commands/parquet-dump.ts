import { PART_OPTION, runCommand } from '@tiny-face/command-shell'
import type { ParquetOptions } from '../parquet-records.js'

await runCommand<ParquetOptions>({
  name: 'parquet-dump',
  summary:
    'Writes the images of Parquet files (columns image and label, or image1, image2 and label) as a record stream.',
  example: "parquet-dump 'faces/train-*.parquet' | tfrecord-write --out shards --shards 64 --shuffle 1",
  configure: program =>
    program.argument('<files...>', 'Parquet files, folders of them, or globs in quotes').option(...PART_OPTION),
  run: async (paths, options) => (await import('./dump-parquet.js')).dumpParquet(paths, options),
})
