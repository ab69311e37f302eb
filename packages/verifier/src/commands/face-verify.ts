import { progressBar, runCommand } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError, writeAll } from '@tiny-face/safe-files'
import { HardestPairs } from '../pairs/hardest-pairs.js'
import { type MeasuredPair, measurePairs } from '../pairs/measure-pairs.js'
import { resultJson } from '../report/result-json.js'
import { resultTable } from '../report/result-table.js'
import { verificationPage } from '../report/verification-page.js'
import { type Verification, verify } from '../verify.js'

/** How many pairs of each kind the report shows. */
const SHOWN = 20

interface Options {
  json?: string
  report?: string
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
      .option('--report <file>', 'write an HTML report: ROC curve, distances, folds, the hardest pairs as pictures')
      .option('--unframed', 'read bare data maps, with no begin and end around them')
      .option('--force', 'replace files that exist'),
  run: (_, { json, report, unframed, force }) => {
    const records = stdinRecords({ unframed })
    const jsonFile = json === undefined || json === '-' ? undefined : new AtomicFile(json, { force })
    const reportFile = report === undefined ? undefined : new AtomicFile(report, { force })
    const { count, source } = records.begin
    const bar = progressBar({ unit: 'pairs', total: count === undefined ? undefined : count / 2 })
    const hardest = new HardestPairs(SHOWN)
    const pairs = measurePairs(records, {
      images: reportFile !== undefined,
      onPair: (pair, faces) => {
        bar.advance(1)
        hardest.add(pair, faces)
      },
    })
    const verification = verifyNamed(pairs, source)
    bar.done()
    reportFile?.write(Buffer.from(verificationPage({ verification, pairs, hardest, source })))
    jsonFile?.write(Buffer.from(resultJson(verification)))
    reportFile?.commit()
    jsonFile?.commit()
    if (json === '-') writeAll(1, Buffer.from(resultJson(verification)))
    writeAll(json === '-' ? 2 : 1, Buffer.from(resultTable(verification)))
  },
})

/** Verifies, and has what is wrong with the set as a whole named by the set's source. */
function verifyNamed(pairs: readonly MeasuredPair[], source: string | undefined): Verification {
  try {
    return verify(pairs)
  } catch (error) {
    throw error instanceof DataError ? new DataError({ ...error.fault, file: source }) : error
  }
}
