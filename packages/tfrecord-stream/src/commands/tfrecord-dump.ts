import { parsePart, parseWhole, progressBar, runCommand, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { type ReadShardsOptions, readShards, type ShardRecords } from '../shards/read-shards.js'

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
      .option('--part <i/n>', 'only part i, from 0, of n: disjoint, together complete, balanced by bytes', parsePart)
      .option('--limit <n>', 'at most n records', parseWhole('--limit')),
  run(paths, options) {
    const records = readShards(paths, options)
    const writer = stdoutRecords(records.begin)
    const bar = progressBar({ unit: 'records', total: records.begin.count })
    for (const record of records) {
      writer.write(record)
      bar.advance(1, (record.example ?? record.image ?? record.payload!).byteLength)
    }
    writer.end()
    remark(records)
    bar.done()
  },
})

/** Says what a person would wonder about. */
function remark(shards: ShardRecords): void {
  const { keys, leftOut, unlabelled } = shards
  const found = shards.leftOutNames()
  if (leftOut > 0)
    say(`left out ${records(leftOut)} without one image as ${keys.image} (--image-key)${found}; --all keeps all`)
  if (unlabelled > 0) say(`${records(unlabelled)} with an image but no number as ${keys.label} (--label-key)`)
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
