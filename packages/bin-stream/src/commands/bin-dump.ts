import { runCommand } from '@tiny-face/command-shell'

await runCommand({
  name: 'bin-dump',
  summary: "Reads insightface's verification set (.bin): two images a pair, each with its place in the set.",
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify',
  configure: program => program.argument('<file.bin>', 'a pickle of (bins, issame_list); nothing of it is executed'),
  run: async ([file]) => (await import('./dump-bin.js')).dumpBin(file!),
})
