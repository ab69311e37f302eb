import { PART_OPTION, parseWhole, runCommand } from '@tiny-face/command-shell'
import { parseOrder } from '../read/parse-order.js'
import type { ReadOptions } from '../read/read-recordio.js'

await runCommand<ReadOptions>({
  name: 'recordio-dump',
  summary: 'Reads MXNet RecordIO files and writes their images as a record stream.',
  example: 'recordio-dump faces/train.rec | tfrecord-write --out shards --shards 4 --shuffle 1',
  configure: program =>
    program
      .argument('<files...>', '.rec files, folders of them, globs; keys are taken from the .idx beside each')
      .option('--all', 'every record, not only images: recordio-write restores the file byte for byte')
      .option('--order <order>', 'file, index (by the keys in the .idx) or shuffle:SEED (default: file)', parseOrder)
      .option(...PART_OPTION)
      .option('--limit <n>', 'at most so many records', parseWhole('--limit'))
      .option('--skip-damaged', 'leave out what is damaged, and say what, instead of stopping there'),
  run: async (paths, options) => (await import('./dump-recordio.js')).dumpRecordIO(paths, options),
})
