/** The commands that make one set of what many tasks have written: the same options for every format. */
import { parsePart, parseSize, runCommand } from '@tiny-face/command-shell'
import { LEAST_MEMORY } from '@tiny-face/global-shuffle/shuffle-memory'
import type { Manifest } from './manifest.js'
import type { GatherPartOptions } from './part-streams.js'
import type { ShardFormat } from './shard-format.js'

export interface PartCommandSpec {
  /** What its commands' names begin with. */
  prefix: string
  /** As manifests say it. */
  format: string
}

/**
 * Runs the command that writes one part of a shuffled set.
 *
 * @param formatOf loads the format that a scatter's manifest tells of
 */
export function runGatherCommand(
  { prefix, format }: PartCommandSpec,
  formatOf: () => Promise<(manifest: Manifest) => ShardFormat>,
): Promise<void> {
  return runCommand<GatherPartOptions>({
    name: `${prefix}-gather`,
    summary: `Writes one part of the shards of a shuffle that many machines share, of what their ${prefix}-write --part --shuffle have left.`,
    example: `${prefix}-gather shards --part 3/16 --resume`,
    configure: program =>
      program
        .argument('<dir>', `the folder that was --out of ${prefix}-write`)
        .requiredOption(
          '--part <i/n>',
          'the part I, from 0, of N of the shards; as many parts as you like, whose number divides that of the shards',
          parsePart,
        )
        .option('--memory <size>', 'records held at once (default: 1GiB)', parseSize('--memory', LEAST_MEMORY))
        .option('--tmp <dir>', 'where what does not fit waits (default: in the folder)')
        .option('--resume', 'go on from what a killed run has left')
        .option('--force', 'replace the part that the folder holds'),
    async run([folder], options) {
      const { gatherPart } = await import('./part-streams.js')
      gatherPart(format, await formatOf(), folder!, options)
    },
  })
}

/** Runs the command that makes one set of its parts. */
export function runMergeCommand({ prefix, format }: PartCommandSpec): Promise<void> {
  return runCommand<{ force?: boolean }>({
    name: `${prefix}-merge`,
    summary: `Makes one set of the parts that many machines have written: checks that all are there and alike, and writes the manifest.`,
    example: `${prefix}-merge shards`,
    configure: program =>
      program
        .argument('<dir>', `the folder that was --out of ${prefix}-write`)
        .option('--force', 'replace the set that the folder holds'),
    async run([folder], options) {
      const { mergeParts } = await import('./part-streams.js')
      mergeParts(format, folder!, options)
    },
  })
}
