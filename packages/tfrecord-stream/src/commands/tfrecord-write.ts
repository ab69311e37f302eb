import { runWriteCommand } from '@tiny-face/shard-writer/run-write-command'
import { DEFAULT_KEYS, exampleKeys } from '../example/example-keys.js'

await runWriteCommand<{ imageKey: string; labelKey: string }>({
  name: 'tfrecord-write',
  summary: 'Writes a record stream as a folder of TFRecord shards: Examples with an image and its label.',
  example: 'recordio-dump train.rec | tfrecord-write --out shards --shards 64 --shuffle 1',
  merge: 'tfrecord-merge; with --shuffle for tfrecord-gather first',
  compressions: ['gzip', 'zlib'],
  configure: program =>
    program
      .option('--image-key <name>', 'the feature that holds the image', DEFAULT_KEYS.image)
      .option('--label-key <name>', 'the feature that holds the label', DEFAULT_KEYS.label),
  async format({ compress, ...names }) {
    const { tfrecordFormat } = await import('../shards/tfrecord-format.js')
    return tfrecordFormat(exampleKeys(names), compress)
  },
})
