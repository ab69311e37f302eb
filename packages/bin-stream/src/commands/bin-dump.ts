import { progressBar, runCommand } from '@tiny-face/command-shell'
import { stdoutRecords } from '@tiny-face/record-stream'
import { binRecords } from '../bin-records.js'
import { openBin } from '../open-bin.js'

await runCommand({
  name: 'bin-dump',
  summary: "Reads insightface's verification set (.bin): two images a pair, each with its place in the set.",
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify',
  configure: program => program.argument('<file.bin>', 'a pickle of (bins, issame_list); nothing of it is executed'),
  run([file]) {
    const set = openBin(file!)
    const writer = stdoutRecords({ count: set.images.length, source: file! })
    const bar = progressBar({ unit: 'images', total: set.images.length })
    for (const record of binRecords(set)) {
      writer.write(record)
      bar.advance(1, record.image.length)
    }
    writer.end()
    bar.done()
  },
})
