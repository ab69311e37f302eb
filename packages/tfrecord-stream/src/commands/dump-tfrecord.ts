import { progressBar, say } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { type ReadShardsOptions, readShards, type ShardRecords } from '../shards/read-shards.js'

/** Writes the records of TFRecord files to standard output. */
export function dumpTFRecord(paths: readonly string[], options: ReadShardsOptions): void {
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
}

/** Says what a person would wonder about. */
function remark(shards: ShardRecords): void {
  const { keys, leftOut, unlabelled } = shards
  const found = shards.leftOutNames()
  if (leftOut > 0)
    say(`left out ${records(leftOut)} without one image as ${keys.image} (--image-key)${found}; --all keeps all`)
  if (unlabelled > 0)
    say(`${records(unlabelled)} with an image but no number as ${keys.label} (--label-key): passed on without one`)
}

function records(count: number): string {
  return count === 1 ? '1 record' : `${count} records`
}
