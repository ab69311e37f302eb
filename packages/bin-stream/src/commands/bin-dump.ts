import { PART_OPTION, runCommand } from '@tiny-face/command-shell'
import type { Options } from './dump-bin.js'

await runCommand<Options>({
  name: 'bin-dump',
  summary: "Reads insightface's verification set (.bin): two images a pair, each with its place in the set.",
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify',
  configure: program =>
    program.argument('<file.bin>', 'a pickle of (bins, issame_list); nothing of it is executed').option(...PART_OPTION),
  run: async ([file], options) => (await import('./dump-bin.js')).dumpBin(file!, options),
})
