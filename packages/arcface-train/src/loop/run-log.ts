/** metrics.jsonl and times.jsonl: a line for each step and each verification. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { runPaths, writeText } from '@tiny-face/arcface-model'
import type { Figures } from '../verification/figures.js'

/** One line of metrics.jsonl. It is a function of the configuration alone: what took how long is in times.jsonl. */
export interface StepMetrics {
  /** Counted from 1. */
  readonly step: number
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

  /** @param after what the run wrote after this step is forgotten; 0 begins anew */
  constructor(run: string, after: number) {
    this.#run = run
    for (const file of [runPaths(run).metrics, runPaths(run).times]) writeText(file, linesUntil(file, after))
  }

  metrics(line: StepMetrics | SkippedStep | VerificationMetrics): void {
    appendFileSync(runPaths(this.#run).metrics, `${JSON.stringify(line)}\n`)
  }

  time(line: StepTime | OtherTime): void {
    const rounded = Object.entries(line).map(([name, value]) => [name, RATES.has(name) ? round(value) : value])
    appendFileSync(runPaths(this.#run).times, `${JSON.stringify(Object.fromEntries(rounded))}\n`)
  }
}

const RATES = new Set(['seconds', 'waited'])
const round = (seconds: number) => Number(seconds.toFixed(4))

/** The lines of steps up to `after`; a last line that a kill cut off is dropped. */
function linesUntil(file: string, after: number): string {
  if (after === 0 || !existsSync(file)) return ''
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1)
  return lines
    .filter(line => (JSON.parse(line) as { step: number }).step <= after)
    .map(line => `${line}\n`)
    .join('')
}
