import {
  type Command,
  InvalidArgumentError,
  parseSeed,
  parseSize,
  parseWhole,
  progressBar,
  runCommand,
} from '@tiny-face/command-shell'
import { LEAST_MEMORY } from '@tiny-face/global-shuffle'
import { stdinRecords } from '@tiny-face/record-stream'
import { UsageError } from '@tiny-face/safe-files'
import type { Compression } from '@tiny-face/zlib-stream'
import { MAX_SHARDS } from './manifest.js'
import type { ShardFormat } from './shard-format.js'
import { writeShards } from './write-shards.js'

export interface WriteCommandSpec<Options> {
  name: string
  summary: string
  example: string
  /** What --compress may be. */
  compressions: readonly Compression[]
  /** Declares the options that only this format has. */
  configure?: (program: Command) => void
  /** The format that the options ask for. */
  format: (options: Options & { compress?: Compression }) => ShardFormat
}

interface CommonOptions {
  out: string
  shards: number
  shuffle?: number
  memory?: number
  tmp?: string
  compress?: Compression
  resume?: boolean
  force?: boolean
  unframed?: boolean
}

/** Runs a command that writes the record stream of standard input as a folder of shards: the same options for every format. */
export function runWriteCommand<Options>(spec: WriteCommandSpec<Options>): Promise<void> {
  const { name, summary, example, compressions } = spec
  return runCommand<CommonOptions & Options>({
    ...{ name, summary, example },
    configure(program) {
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
        .option('--compress <kind>', `${compressions.join(' or ')}, each shard as a whole`, parseCompression)
      spec.configure?.(program)
      program
        .option('--resume', 'go on from what a killed run with the same options and input has left')
        .option('--force', 'replace the shards that the folder holds')
        .option('--unframed', 'read a bare sequence of data maps')
    },
    run(_, options) {
      const { out: folder, shards, shuffle: seed, memory, tmp, resume, force, unframed } = options
      if (shards > MAX_SHARDS) throw new UsageError(`--shards is at most ${MAX_SHARDS}`)
      const format = spec.format(options)
      const reader = stdinRecords({ unframed })
      const { begin } = reader
      const bar = progressBar({ unit: 'records', total: begin.count })
      writeShards(reader, format, {
        ...{ folder, shards, seed, memory, tmp, resume, force, begin },
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
    const kind = compressions.find(compression => compression === text)
    if (kind === undefined) throw new InvalidArgumentError(`It is ${compressions.join(' or ')}.`)
    return kind
  }
}
