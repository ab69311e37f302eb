// Verification: our figures against insightface's functions and scikit-learn's, and a long stream through face-verify.
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { peaksOf } from './memory-rows.js'
import { median } from './pairs.js'
import { pipelineRows } from './pipeline-rows.js'
import { note, peerPython, runPipeline } from './run.js'
import { formatTable, type Row } from './table.js'
import { megabytes } from './test-data.js'

const PAIRS = 6000
const SIZE = 512
const MANY = 10_000_000
const SAMPLES = 100
/** Rounds until Node has compiled what runs; Python has nothing to compile. */
const WARM_UP = 10
/** Of the stream: 8 numbers an embedding, since it is the pairs that are many. */
const STREAM_SIZE = 8

const PEER = 'tools/peers/insightface-verification.py'
const WORKER = 'node --import=tsx tools/bench/verify-worker.ts'

export const VERIFY_FAMILIES = { figures: figuresRows, roc: rocRows, stream: streamRows, pipeline: pipelineRows }

/** @param pairs of the set that goes through a whole pipeline */
export function benchVerify(families: (keyof typeof VERIFY_FAMILIES)[], rounds: number, pairs: number): void {
  const rows = families.flatMap(name => [...VERIFY_FAMILIES[name](rounds, pairs)])
  console.log(`${cpus().length} cores, Node ${process.versions.node}; medians of ${rounds} rounds.\n`)
  console.log(formatTable(rows))
}

function* figuresRows(rounds: number): Generator<Row> {
  const ours = work(`figures ${PAIRS} ${SIZE} ${rounds + WARM_UP}`, WARM_UP)
  const theirs = peer(`time ${PAIRS} ${SIZE} ${rounds}`)
  yield ratioRow(
    `all figures of ${PAIRS} pairs x ${SIZE}: insightface's functions in Python, by ours`,
    theirs,
    ours.seconds,
    100,
  )
}

function* rocRows(rounds: number): Generator<Row> {
  const theirs = peer(`roc ${MANY} ${rounds}`)
  const roc = work(`roc ${MANY} ${rounds + 1}`, 1)
  const millions = `${MANY / 1e6} million pairs`
  yield ratioRow(
    `${millions}: scikit-learn's roc_curve, by the exact ROC with area, EER and six TARs`,
    theirs,
    roc.seconds,
    1,
  )
  const bootstrap = work(`bootstrap ${MANY} ${SAMPLES} 1`, 0)
  yield ratioRow(
    `${millions}: roc_curve, by one of ${SAMPLES} bootstrap samples`,
    theirs,
    bootstrap.seconds / SAMPLES,
    1,
  )
  const peak = Math.max(roc.peak, bootstrap.peak)
  yield { measure: `${millions}: peak memory`, figure: megabytes(peak), goal: 'below 2 GB', met: peak < 2e9 }
}

function* streamRows(): Generator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  try {
    note(`face-verify on a stream of ${MANY} pairs`)
    const started = performance.now()
    const stream = `node --import=tsx tools/bench/embedded-pairs.ts ${MANY} ${STREAM_SIZE}`
    const peak = peaksOf(folder, `${stream} | face-verify`).get('face-verify')
    const seconds = (performance.now() - started) / 1000
    const measure = `face-verify on a stream of ${MANY / 1e6} million pairs x ${STREAM_SIZE}`
    yield { measure, figure: `${seconds.toFixed(1)} s`, goal: 'at most 60 s', met: seconds <= 60 }
    if (peak !== undefined)
      yield { measure: `${measure}: peak memory`, figure: megabytes(peak), goal: 'below 1 GB', met: peak < 1e9 }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function ratioRow(measure: string, theirs: number | undefined, ours: number, goal: number): Row {
  const say = (seconds: number) => `${seconds.toPrecision(3)} s`
  if (theirs === undefined) return { measure, figure: `ours ${say(ours)}; tools/peers/run insightface makes the other` }
  const ratio = theirs / ours
  return { measure, figure: `${say(theirs)} by ${say(ours)}`, ratio, goal: `at least ${goal}x`, met: ratio >= goal }
}

/** Ours: the median of the rounds after those that warm up, and the peak of memory. */
function work(what: string, warmUp: number): { seconds: number; peak: number } {
  note(`ours: ${what}`)
  const rounds = runPipeline(`${WORKER} ${what}`)
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { seconds: number; peak: number })
  return { seconds: median(rounds.slice(warmUp).map(({ seconds }) => seconds)), peak: rounds.at(-1)!.peak }
}

/** Theirs: the median of the rounds; undefined where the environment is not here. */
function peer(what: string): number | undefined {
  const python = peerPython('insightface')
  if (python === undefined) return undefined
  note(`insightface: ${what}`)
  return median(runPipeline(`${python} ${PEER} ${what}`).trim().split('\n').map(Number))
}
