import { parseWhole, progressBar, runCommand, stdinRecords, UsageError } from '@tiny-face/record-stream'
import { parseSeed } from '@tiny-face/record-tools'
import { MAX_SHARDS } from '../manifest.js'
import { writeShards } from '../write-shards.js'

interface Options {
  out: string
  shards: number
  shuffle?: number
  force?: boolean
  unframed?: boolean
}

await runCommand<Options>({
  name: 'tfrecord-write',
  summary: 'Writes a record stream as a folder of TFRecord shards: Examples with image_raw and label.',
  example: 'recordio-dump train.rec | tfrecord-write --out shards --shards 64 --shuffle 1',
  configure: program =>
    program
      .requiredOption('--out <dir>', 'the folder; its manifest.json is written last')
      .option('--shards <n>', 'record i goes to shard i modulo n', parseWhole('--shards', 1), 1)
      .option('--shuffle <seed>', 'put all records into a random order first, in at most 1 GiB of memory', parseSeed)
      .option('--force', 'replace the shards that the folder holds')
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { out, shards, shuffle, force, unframed }) {
    if (shards > MAX_SHARDS) throw new UsageError(`--shards is at most ${MAX_SHARDS}`)
    const reader = stdinRecords({ unframed })
    const { begin } = reader
    const bar = progressBar({ unit: 'records', total: begin.count })
    writeShards(reader, { folder: out, shards, seed: shuffle, force, begin, onRecord: () => bar.advance(1) })
    bar.done()
  },
})
