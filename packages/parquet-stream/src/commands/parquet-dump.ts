import { runCommand } from '@tiny-face/command-shell'

await runCommand({
  name: 'parquet-dump',
  summary:
    'Writes the images of Parquet files (columns image and label, or image1, image2 and label) as a record stream.',
  example: "parquet-dump 'faces/train-*.parquet' | tfrecord-write --out shards --shards 64 --shuffle 1",
  configure: program => program.argument('<files...>', 'Parquet files, folders of them, or globs in quotes'),
  run: async paths => (await import('./dump-parquet.js')).dumpParquet(paths),
})
