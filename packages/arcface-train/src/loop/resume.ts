import { existsSync } from 'node:fs'
import { type Checkpoint, checkpointSteps, readCheckpoint, removeCheckpoints, runPaths } from '@tiny-face/arcface-model'
import { DataError, UsageError } from '@tiny-face/record-stream'
import type { TrainingConfig } from '../config.js'
import { configDifferences } from '../config-differences.js'
import { readConfig } from '../read-config.js'

/**
 * The checkpoint that a run goes on from: its last, or that of a step; none where it was killed before its first. Those after it are
 * removed, as what comes will write them again.
 *
 * @throws UsageError where the run began with other settings; DataError where it has no such checkpoint, or it is damaged
 */
export function resumeFrom(run: string, config: TrainingConfig, fromStep?: number): Checkpoint | undefined {
  const { config: file } = runPaths(run)
  const differences = existsSync(file) ? configDifferences(readConfig(file), config) : []
  if (differences.length > 0) throw new UsageError(`${run} began with other settings: ${differences.join('; ')}`)
  const steps = checkpointSteps(run)
  const step = fromStep ?? steps.at(-1)
  if (step === undefined) return undefined
  const checkpoint = readable(run, step)
  removeCheckpoints(
    run,
    steps.filter(other => other > step),
  )
  return checkpoint
}

function readable(run: string, step: number): Checkpoint {
  try {
    return readCheckpoint(run, step)
  } catch (error) {
    const before = checkpointSteps(run).filter(other => other < step)
    if (!(error instanceof DataError) || before.length === 0) throw error
    const way = `--resume --from-step ${before.at(-1)} goes on from there`
    throw new DataError({ ...error.fault, found: `${error.fault.found}; ${way}`, cause: error })
  }
}
