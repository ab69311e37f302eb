import { runWriteCommand } from '@tiny-face/shard-writer'
import { webDatasetFormat } from '../write-webdataset.js'

await runWriteCommand({
  name: 'wds-write',
  summary: 'Writes a record stream as a folder of WebDataset shards: tar files of images, labels and attributes.',
  example: 'recordio-dump train.rec | wds-write --out shards --shards 64 --shuffle 1',
  compressions: ['gzip'],
  format: ({ compress }) => webDatasetFormat(compress === undefined ? undefined : 'gzip'),
})
