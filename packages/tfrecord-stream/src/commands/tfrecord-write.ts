import { InvalidArgumentError, parseWhole, progressBar, runCommand } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import { LEAST_MEMORY } from '@tiny-face/global-shuffle'
import { parseSeed, parseSize } from '@tiny-face/command-shell'
import type { Compression } from '../compress-tfrecord.js'
import { exampleKeys, SEED_KEYS } from '../example-record.js'
import { MAX_SHARDS } from '../manifest.js'
import { writeShards } from '../write-shards.js'

interface Options {
  out: string
  shards: number
  shuffle?: number
  memory?: number
  tmp?: string
  compress?: Compression
  imageKey: string
  labelKey: string
  resume?: boolean
  force?: boolean
  unframed?: boolean
}

await runCommand<Options>({
  name: 'tfrecord-write',
  summary: 'Writes a record stream as a folder of TFRecord shards: Examples with an image and its label.',
  example: 'recordio-dump train.rec | tfrecord-write --out shards --shards 64 --shuffle 1',
  configure: program =>
    program
      .requiredOption('--out <dir>', 'the folder; its manifest.json is written last')
      .option('--shards <n>', 'how many; record i goes to shard i modulo n', parseWhole('--shards', 1), 1)
      .option('--shuffle <seed>', 'put all records into a random order; shard s gets the s-th n-th of it', parseSeed)
      .option(
        '--memory <size>',
        'what a shuffle holds at once, and a resumed one scatters again at most (default: 1GiB)',
        parseSize('--memory', LEAST_MEMORY),
      )
      .option('--tmp <dir>', 'where the rest of a shuffle waits (default: in --out)')
      .option('--compress <kind>', 'gzip or zlib, each shard as a whole', parseCompression)
      .option('--image-key <name>', 'the feature that holds the image', SEED_KEYS.image)
      .option('--label-key <name>', 'the feature that holds the label', SEED_KEYS.label)
      .option('--resume', 'go on from what a killed run with the same options and input has left')
      .option('--force', 'replace the shards that the folder holds')
      .option('--unframed', 'read a bare sequence of data maps'),
  run(_, { out: folder, shards, shuffle, memory, tmp, compress, resume, force, unframed, ...names }) {
    if (shards > MAX_SHARDS) throw new UsageError(`--shards is at most ${MAX_SHARDS}`)
    const keys = exampleKeys(names)
    const reader = stdinRecords({ unframed })
    const { begin } = reader
    const bar = progressBar({ unit: 'records', total: begin.count })
    writeShards(reader, {
      ...{ folder, shards, seed: shuffle, memory, tmp, compression: compress, keys, resume, force, begin },
      onRecord: bytes => bar.advance(1, bytes),
      onShard(finished) {
        bar.note(`shard ${finished} of ${shards}`)
        bar.advance(0)
      },
    })
    bar.done()
  },
})

function parseCompression(text: string): Compression {
  if (text !== 'gzip' && text !== 'zlib') throw new InvalidArgumentError('It is gzip or zlib.')
  return text
}
