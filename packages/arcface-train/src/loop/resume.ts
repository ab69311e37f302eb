import { existsSync } from 'node:fs'
import { type Checkpoint, checkpointSteps, readCheckpoint, runPaths } from '@tiny-face/arcface-model'
import { DataError, UsageError } from '@tiny-face/safe-files'
import type { RowsOf } from '@tiny-face/weight-files'
import type { TrainingConfig } from '../config.js'
import { configDifferences } from '../config-differences.js'
import { readConfig } from '../read-config.js'

/**
 * The checkpoint that a run goes on from: its last, or that of a step; none where it was killed before its first. A best step whose
 * checkpoint is gone is forgotten.
 *
 * @param rowsOf the rows that are read of a tensor, where not all are
 * @throws UsageError where the run began with other settings; DataError where it has no such checkpoint, it is damaged, or all are gone
 */
export function resumeFrom(
  run: string,
  config: TrainingConfig,
  fromStep?: number,
  rowsOf?: RowsOf,
): Checkpoint | undefined {
  const { config: file, model } = runPaths(run)
  const differences = existsSync(file) ? configDifferences(readConfig(file), config) : []
  if (differences.length > 0) throw new UsageError(`${run} began with other settings: ${differences.join('; ')}`)
  const steps = checkpointSteps(run)
  const step = fromStep ?? steps.at(-1)
  if (step === undefined) {
    if (existsSync(model))
      throw new DataError({ file: run, expected: 'checkpoints to resume from', found: 'none; --force begins anew' })
    return undefined
  }
  const { tensors, state } = readable(run, step, rowsOf)
  const { best, sinceBest, ...rest } = state
  return { tensors, state: best !== undefined && best.step <= step && steps.includes(best.step) ? state : rest }
}

function readable(run: string, step: number, rowsOf: RowsOf | undefined): Checkpoint {
  try {
    return readCheckpoint(run, step, rowsOf)
  } catch (error) {
    const before = checkpointSteps(run).filter(other => other < step)
    if (!(error instanceof DataError) || before.length === 0) throw error
    const way = `--resume --from-step ${before.at(-1)} goes on from the one before`
    throw new DataError({ ...error.fault, found: `${error.fault.found}; ${way}`, cause: error })
  }
}
