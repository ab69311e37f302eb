import {
  type Command,
  InvalidArgumentError,
  parsePart,
  parseSeed,
  parseSize,
  parseWhole,
  runCommand,
} from '@tiny-face/command-shell'
import { LEAST_MEMORY } from '@tiny-face/global-shuffle/shuffle-memory'
import type { Compression } from '@tiny-face/zlib-stream'
import type { ShardFormat } from './shard-format.js'
import type { ShardStreamOptions } from './shard-stream.js'

export interface WriteCommandSpec<Options> {
  name: string
  summary: string
  example: string
  /** The commands that go on from parts. */
  merge: string
  /** What --compress may be. */
  compressions: readonly Compression[]
  /** Declares the options that only this format has. */
  configure?: (program: Command) => void
  /** Loads the format that the options ask for. */
  format: (options: Options & { compress?: Compression }) => Promise<ShardFormat>
}

/** Runs a command that writes the record stream of standard input as a folder of shards: the same options for every format. */
export function runWriteCommand<Options>(spec: WriteCommandSpec<Options>): Promise<void> {
  const { name, summary, example, compressions } = spec
  return runCommand<ShardStreamOptions & { compress?: Compression } & Options>({
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
        .option('--part <i/n>', `write the part I, from 0, of N of one set, for ${spec.merge}`, parsePart)
        .option('--compress <kind>', `${compressions.join(' or ')}, each shard as a whole`, parseCompression)
      spec.configure?.(program)
      program
        .option('--resume', 'go on from what a killed run with the same options and input has left')
        .option('--force', 'replace the shards that the folder holds')
        .option('--unframed', 'read a bare sequence of data maps')
    },
    async run(_, options) {
      const { shardStream } = await import('./shard-stream.js')
      shardStream(await spec.format(options), options)
    },
  })

  function parseCompression(text: string): Compression {
    const kind = compressions.find(compression => compression === text)
    if (kind === undefined) throw new InvalidArgumentError(`It is ${compressions.join(' or ')}.`)
    return kind
  }
}
