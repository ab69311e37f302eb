/** metrics.jsonl and times.jsonl: a line for each step and each verification. */
import { appendFileSync, closeSync, fsyncSync, openSync } from 'node:fs'
import { type CheckpointState, runPaths } from '@tiny-face/arcface-model'
import { AtomicFile, DataError, readChunk, writeWholeFile } from '@tiny-face/safe-files'
import type { Figures } from '../verification/verification-figures.js'

/** One line of metrics.jsonl. It is a function of the configuration alone: what took how long is in times.jsonl. */
export interface StepMetrics {
  /** Counted from 1. */
  readonly step: number
  /** The pass over the data that the step is in, from 0. */
  readonly epoch: number
  readonly loss: number
  /** The share of the batch nearest to its own centre, without the margin. */
  readonly accuracy: number
  readonly learningRate: number
  /** Of all gradients as one vector, before clipping. */
  readonly gradientNorm: number
}

/** In the place of a step's metrics where its loss or gradient was no number. */
export interface SkippedStep {
  readonly step: number
  readonly epoch: number
  /** What was not finite. */
  readonly skipped: string
}

export interface VerificationMetrics extends Figures {
  readonly step: number
  /** Passes over the data that were done by then. */
  readonly epoch: number
  /** The set's name. */
  readonly verification: string
}

export interface StepTime {
  readonly step: number
  /** The whole step's, and of these what it waited for its batch. */
  readonly seconds: number
  readonly waited: number
}

export type OtherTime =
  | { readonly step: number; readonly verification: string; readonly seconds: number }
  | { readonly step: number; readonly checkpoint: true; readonly seconds: number }

export class RunLog {
  readonly #run: string

  /** @param state where the run goes on: what it wrote after that is forgotten, as is a verification that is still to come; 0 begins anew */
  constructor(run: string, { step, unverified = false }: Pick<CheckpointState, 'step' | 'unverified'>) {
    this.#run = run
    const isKept = (line: Line) => line.step < step || (line.step === step && !(unverified && 'verification' in line))
    const { metrics, times } = runPaths(run)
    for (const file of [metrics, times]) {
      if (step === 0) writeWholeFile(file, '')
      else keepLines(file, step, isKept)
    }
  }

  metrics(line: StepMetrics | SkippedStep | VerificationMetrics): void {
    appendFileSync(runPaths(this.#run).metrics, `${JSON.stringify(line)}\n`)
  }

  time(line: StepTime | OtherTime): void {
    const text = JSON.stringify(line, (name, value) => (DURATIONS.has(name) ? round(value) : value))
    appendFileSync(runPaths(this.#run).times, `${text}\n`)
  }

  /** Makes what was written safe on disk: a checkpoint must not be there without the lines before it. */
  sync(): void {
    for (const file of [runPaths(this.#run).metrics, runPaths(this.#run).times]) {
      const fd = openSync(file, 'a')
      fsyncSync(fd)
      closeSync(fd)
    }
  }
}

const DURATIONS = new Set(['seconds', 'waited'])
const round = (seconds: number) => Number(seconds.toFixed(4))

interface Line {
  readonly step: number
}

/**
 * Leaves of a file the lines up to a step that are kept; what a kill left behind them, in the midst of a line or worse, is dropped. A line at a time:
 * those of a long run are more than a string holds.
 *
 * @throws DataError where it has no line of that step
 */
function keepLines(file: string, step: number, isKept: (line: Line) => boolean): void {
  const kept = new AtomicFile(file, { force: true })
  try {
    let last = 0
    let written = ''
    for (const text of linesOf(file)) {
      const line = parsed(text)
      if (line === undefined) break
      if (!isKept(line)) continue
      written += `${text}\n`
      last = line.step
      if (written.length < CHUNK) continue
      kept.write(Buffer.from(written))
      written = ''
    }
    kept.write(Buffer.from(written))
    if (last < step)
      throw new DataError({ file, expected: `lines up to step ${step}`, found: `the last of step ${last}` })
    kept.commit()
  } finally {
    kept.abort()
  }
}

const CHUNK = 2 ** 20

/** What stands before each end of a line, and behind the last. */
function* linesOf(file: string): Generator<string> {
  const fd = openSync(file, 'r')
  const chunk = Buffer.alloc(CHUNK)
  let rest: Buffer = Buffer.alloc(0)
  try {
    for (let read = readChunk(fd, chunk); read > 0; read = readChunk(fd, chunk)) {
      const bytes = Buffer.concat([rest, chunk.subarray(0, read)])
      let start = 0
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        yield bytes.toString('utf8', start, end)
        start = end + 1
      }
      rest = bytes.subarray(start)
    }
    yield rest.toString()
  } finally {
    closeSync(fd)
  }
}

const NEWLINE = 0x0a

function parsed(text: string): Line | undefined {
  try {
    const line: unknown = JSON.parse(text)
    return typeof Object(line).step === 'number' ? (line as Line) : undefined
  } catch {
    return undefined
  }
}
