import { runGatherCommand } from '@tiny-face/shard-writer/run-part-commands'

await runGatherCommand({ prefix: 'tfrecord', format: 'tfrecord' }, async () => {
  const { tfrecordFormat } = await import('../shards/tfrecord-format.js')
  const { keysIn } = await import('../shards/manifest.js')
  return manifest => tfrecordFormat(keysIn(manifest), manifest.compression)
})
