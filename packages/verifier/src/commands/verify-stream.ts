import { progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError, writeAll } from '@tiny-face/safe-files'
import { HardestPairs } from '../pairs/hardest-pairs.js'
import { measurePairs } from '../pairs/measure-pairs.js'
import type { MeasuredPairs } from '../pairs/measured-pairs.js'
import { resultJson } from '../report/result-json.js'
import { resultTable } from '../report/result-table.js'
import { verificationPage } from '../report/verification-page.js'
import { type Verification, verify } from '../verify.js'

/** How many pairs of each kind the report shows. */
const SHOWN = 20

export interface Options {
  json?: string
  report?: string
  unframed?: boolean
  force?: boolean
}

/** Measures the pairs on standard input, and writes the figures as a table, a report and JSON. */
export function verifyStream({ json, report, unframed, force }: Options): void {
  const records = stdinRecords({ unframed })
  const jsonFile = json === undefined || json === '-' ? undefined : new AtomicFile(json, { force })
  const reportFile = report === undefined ? undefined : new AtomicFile(report, { force })
  const { count, source } = records.begin
  const bar = progressBar({ unit: 'pairs', total: count === undefined ? undefined : count / 2 })
  const hardest = reportFile && new HardestPairs(SHOWN)
  const pairs = measurePairs(records, {
    images: reportFile !== undefined,
    onPair: (pair, faces) => {
      bar.advance(1)
      hardest?.add(pair, faces)
    },
  })
  const verification = verifyNamed(pairs, source)
  bar.done()
  if (hardest !== undefined) reportFile?.write(Buffer.from(verificationPage({ verification, pairs, hardest, source })))
  jsonFile?.write(Buffer.from(resultJson(verification)))
  reportFile?.commit()
  jsonFile?.commit()
  if (json === '-') writeAll(1, Buffer.from(resultJson(verification)))
  writeAll(json === '-' ? 2 : 1, Buffer.from(resultTable(verification)))
}

/** Verifies, and has what is wrong with the set as a whole named by the set's source. */
function verifyNamed(pairs: MeasuredPairs, source: string | undefined): Verification {
  try {
    return verify(pairs)
  } catch (error) {
    throw error instanceof DataError ? new DataError({ ...error.fault, file: source }) : error
  }
}
