import { figuresOutput, progressBar } from '@tiny-face/command-shell'
import { stdinRecords } from '@tiny-face/record-stream'
import { AtomicFile, DataError, placed, UsageError } from '@tiny-face/safe-files'
import { modelOf } from '../embedding-model.js'
import { HardestPairs } from '../pairs/hardest-pairs.js'
import { measurePairs } from '../pairs/measure-pairs.js'
import type { MeasuredPairs } from '../pairs/measured-pairs.js'
import type { TemplatePair } from '../pca/pca-folds.js'
import type { ProtocolName } from '../protocol-names.js'
import { PROTOCOLS } from '../protocols.js'
import { readOtherResult } from '../report/other-result.js'
import { resultJson } from '../report/result-json.js'
import { resultTable } from '../report/result-table.js'
import { verificationPage } from '../report/verification-page.js'
import { type ResultOptions, type VerificationResult, verificationResult } from '../verification-result.js'

/** How many pairs of each kind the report shows. */
const SHOWN = 20

export interface Options {
  protocol: ProtocolName
  pca?: number
  by?: string
  seed: number
  samples?: number
  json?: string
  pairs?: boolean
  report?: string
  beside?: string[]
  unframed?: boolean
  force?: boolean
}

/** Measures the pairs on standard input, and writes the figures as a table, a report and JSON. */
export async function verifyStream(options: Options): Promise<void> {
  const { protocol, pca, by, seed, samples, json, pairs: wantsPairs, report, beside = [], unframed, force } = options
  if (wantsPairs && json === undefined) throw new UsageError('--pairs needs --json, which it adds each pair to')
  if (beside.length > 0 && report === undefined)
    throw new UsageError('--beside needs --report, the page that other results are shown on')
  if (pca !== undefined && protocol === 'face-api')
    throw new UsageError('--pca goes with --protocol insightface, not with face-api')
  // Embeddings may take hours: a file that is missing is told of before.
  for (const file of beside) readOtherResult(file)
  const records = stdinRecords({ unframed })
  const write = figuresOutput(json, { force })
  const reportFile = report === undefined ? undefined : new AtomicFile(report, { force })
  const { count, source } = records.begin
  const model = modelOf(records.begin)
  const bar = progressBar({ unit: 'pairs', total: count === undefined ? undefined : count / 2 })
  const hardest = reportFile && new HardestPairs(SHOWN)
  const templates: { index: number; sides: TemplatePair }[] = []
  const pairs = measurePairs(records, {
    comparison: PROTOCOLS[protocol],
    groupBy: by,
    images: reportFile !== undefined,
    onPair: (pair, sides) => {
      bar.advance(1)
      hardest?.add(pair, sides)
      if (pca !== undefined) templates.push({ index: pair.index, sides: [sides[0].template, sides[1].template] })
    },
  })
  const folds = pca === undefined ? undefined : await foldsAlong(pca, templates, source)
  const result = resultNamed(pairs, {
    source,
    model,
    protocol,
    pca: folds && { components: pca!, folds },
    seed,
    samples,
    groupBy: by,
  })
  bar.done()
  if (hardest !== undefined) {
    const others = beside.map(file => readOtherResult(file, result.verification))
    reportFile?.write(Buffer.from(verificationPage({ result, pairs, hardest, others })))
  }
  const decided = folds === undefined ? pairs : { ...pairs, distances: folds.tested }
  reportFile?.commit()
  write({ json: resultJson(result, wantsPairs ? decided : undefined), table: resultTable(result) })
}

/** Only this asks for linear algebra. */
async function foldsAlong(components: number, templates: { index: number; sides: TemplatePair }[], file?: string) {
  const size = templates[0]?.sides[0].length ?? 0
  if (components > size)
    throw new DataError({ file, expected: `embeddings of at least --pca ${components} numbers`, found: `${size}` })
  const { pcaFolds } = await import('../pca/pca-folds.js')
  templates.sort((a, b) => a.index - b.index)
  return pcaFolds(
    templates.map(({ sides }) => sides),
    components,
  )
}

/** The figures, with what is wrong with the set as a whole named by the set's source. */
function resultNamed(pairs: MeasuredPairs, options: ResultOptions): VerificationResult {
  try {
    return verificationResult(pairs, options)
  } catch (error) {
    throw placed(error, { file: options.source })
  }
}
