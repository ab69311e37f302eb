import { runGatherCommand } from '@tiny-face/shard-writer/run-part-commands'

await runGatherCommand({ prefix: 'wds', format: 'webdataset' }, async () => {
  const { webDatasetFormat } = await import('../write-webdataset.js')
  return ({ compression }) => webDatasetFormat(compression === undefined ? undefined : 'gzip')
})
