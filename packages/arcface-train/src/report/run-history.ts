import { createReadStream, existsSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { runPaths } from '@tiny-face/arcface-model'
import { DataError } from '@tiny-face/safe-files'
import type { TrainingConfig } from '../config.js'
import { readConfig } from '../read-config.js'
import type { Figures } from '../verification/verification-figures.js'

/** What a run's files say of how it went. */
export interface RunHistory {
  /** As in config.json. */
  readonly config: TrainingConfig
  /** A column for each figure, a row for each step; NaN where a line lacks it. */
  readonly steps: Readonly<Record<StepColumn, number[]>>
  /** By the sets' names, in the order of their steps. */
  readonly verifications: ReadonlyMap<string, VerificationLine[]>
  readonly times: RunTimes
}

export const STEP_COLUMNS = ['step', 'loss', 'accuracy', 'learningRate', 'gradientNorm'] as const
export type StepColumn = (typeof STEP_COLUMNS)[number]

export type VerificationLine = { readonly step: number } & Figures

/** Seconds, and how many times. */
export interface Spent {
  count: number
  seconds: number
}

/** What the run spent; steps that a kill made it take again are counted once. */
export interface RunTimes {
  readonly computing: Spent
  /** Steps' waits for their batches. */
  readonly waiting: Spent
  readonly checkpoints: Spent
  readonly verifications: ReadonlyMap<string, Spent>
}

/**
 * Reads a run's config.json, metrics.jsonl and times.jsonl, line by line: 700,000 steps take 28 MB.
 *
 * @throws DataError where config.json is damaged, or a line is no JSON, other than the last one, which a kill may have cut off
 */
export async function readRunHistory(run: string): Promise<RunHistory> {
  const paths = runPaths(run)
  const history = {
    config: readConfig(paths.config),
    steps: Object.fromEntries(STEP_COLUMNS.map(column => [column, [] as number[]])) as Record<StepColumn, number[]>,
    verifications: new Map<string, VerificationLine[]>(),
  }
  for await (const line of jsonLines(paths.metrics)) {
    if (typeof line.verification === 'string') {
      const lines = history.verifications.get(line.verification) ?? []
      history.verifications.set(line.verification, lines)
      lines.push(line as unknown as VerificationLine)
    } else if ('loss' in line) for (const column of STEP_COLUMNS) history.steps[column].push(number(line[column]))
  }
  return { ...history, times: await readTimes(paths.times) }
}

async function readTimes(file: string): Promise<RunTimes> {
  const none = (): Spent => ({ count: 0, seconds: 0 })
  const [computing, waiting, checkpoints, verifications] = [none(), none(), none(), new Map<string, Spent>()]
  const spend = (spent: Spent, seconds: number) => {
    spent.count++
    spent.seconds += seconds
  }
  if (existsSync(file)) {
    for await (const { seconds, waited, verification, checkpoint } of jsonLines(file)) {
      if (typeof seconds !== 'number') continue
      if (typeof verification === 'string') {
        const spent = verifications.get(verification) ?? none()
        verifications.set(verification, spent)
        spend(spent, seconds)
      } else if (checkpoint === true) spend(checkpoints, seconds)
      else {
        const wait = typeof waited === 'number' ? waited : 0
        spend(computing, seconds - wait)
        spend(waiting, wait)
      }
    }
  }
  return { computing, waiting, checkpoints, verifications }
}

async function* jsonLines(file: string): AsyncGenerator<Record<string, unknown>> {
  let record = 0
  let fault: unknown
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (fault !== undefined) throw fault
    try {
      yield parsed(line, file, record++)
    } catch (error) {
      fault = error
    }
  }
}

function parsed(text: string, file: string, record: number): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>
  } catch (cause) {
    throw new DataError({ file, record, expected: 'JSON', found: (cause as Error).message, cause })
  }
}

function number(value: unknown): number {
  return typeof value === 'number' ? value : Number.NaN
}
