import { runWriteCommand } from '@tiny-face/shard-writer/run-write-command'

await runWriteCommand({
  name: 'wds-write',
  summary: 'Writes a record stream as a folder of WebDataset shards: tar files of images, labels and attributes.',
  example: 'recordio-dump train.rec | wds-write --out shards --shards 64 --shuffle 1',
  merge: 'wds-merge; with --shuffle for wds-gather first',
  compressions: ['gzip'],
  async format({ compress }) {
    const { webDatasetFormat } = await import('../write-webdataset.js')
    return webDatasetFormat(compress === undefined ? undefined : 'gzip')
  },
})
