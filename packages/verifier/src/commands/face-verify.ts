import { AtomicFile, progressBar, runCommand, stdinRecords, writeAll } from '@tiny-face/record-stream'
import { measurePairs } from '../measure-pairs.js'
import { resultJson } from '../result-json.js'
import { resultTable } from '../result-table.js'
import { verify } from '../verify.js'

interface Options {
  json?: string
  unframed?: boolean
  force?: boolean
}

await runCommand<Options>({
  name: 'face-verify',
  summary:
    "Says how well embeddings tell pairs of the same person from pairs of two people, by insightface's protocol.",
  example: 'bin-dump lfw.bin | arcface-embed --model runs/r50 --flip | face-verify --report lfw.html',
  configure: program =>
    program
      .option('--json <file>', 'write the figures as JSON too; - writes JSON to stdout and the table to stderr')
      .option('--unframed', 'read bare data maps, with no begin and end around them')
      .option('--force', 'replace files that exist'),
  run: (_, { json, unframed, force }) => {
    const jsonFile = json === undefined || json === '-' ? undefined : new AtomicFile(json, { force })
    const records = stdinRecords({ unframed })
    const { count } = records.begin
    const bar = progressBar({ unit: 'pairs', total: count === undefined ? undefined : count / 2 })
    const pairs = measurePairs(records, { onPair: () => bar.advance(1) })
    bar.done()
    const verification = verify(pairs)
    writeAll(json === '-' ? 2 : 1, Buffer.from(resultTable(verification)))
    if (json === '-') writeAll(1, Buffer.from(resultJson(verification)))
    jsonFile?.write(Buffer.from(resultJson(verification)))
    jsonFile?.commit()
  },
})
