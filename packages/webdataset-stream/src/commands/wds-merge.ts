import { runMergeCommand } from '@tiny-face/shard-writer/run-part-commands'

await runMergeCommand({ prefix: 'wds', format: 'webdataset' })
