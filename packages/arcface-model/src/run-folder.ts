/*
 * The folder of a training run:
 *
 *   RUN/
 *     config.json                        everything that decides the result
 *     metrics.jsonl                      one line of JSON for each step and each verification: a function of the config alone
 *     times.jsonl                        what each of them took
 *     checkpoints/
 *       step-00001000.safetensors        weights, running statistics and optimiser state after step 1000
 *       step-00001000.json               step, epoch, position in the data, seed, the SHA-256 of the above, the best step so far
 *     model.onnx                         the trained network: standard operators, dynamic batch, its preprocessing in its
 *                                        metadata (see preprocess.ts); the best where the run was verified, else the last
 *     tensorboard/                       event files
 *     report.html                        curves, settings, times
 *
 * A checkpoint is whole when both of its files are there: the .json is written last.
 */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'

const STEP_DIGITS = 8

export interface CheckpointPaths {
  weights: string
  state: string
}

export interface RunPaths {
  config: string
  metrics: string
  times: string
  model: string
  tensorboard: string
  report: string
  checkpoints: string
  /** The two files of the checkpoint after `step` steps. */
  checkpoint(step: number): CheckpointPaths
}

/** Where everything lies in a run's folder; nothing is read or created. */
export function runPaths(folder: string): RunPaths {
  const checkpoints = join(folder, 'checkpoints')
  return {
    config: join(folder, 'config.json'),
    metrics: join(folder, 'metrics.jsonl'),
    times: join(folder, 'times.jsonl'),
    model: join(folder, 'model.onnx'),
    tensorboard: join(folder, 'tensorboard'),
    report: join(folder, 'report.html'),
    checkpoints,
    checkpoint(step) {
      const stem = join(checkpoints, `step-${String(step).padStart(STEP_DIGITS, '0')}`)
      return { weights: `${stem}.safetensors`, state: `${stem}.json` }
    },
  }
}

/** The steps after which a run left a whole checkpoint, ascending; none where the folder has no checkpoints yet. */
export function checkpointSteps(folder: string): number[] {
  const { checkpoints, checkpoint } = runPaths(folder)
  if (!existsSync(checkpoints)) return []
  return readdirSync(checkpoints)
    .flatMap(name => /^step-(\d{8,})\.json$/.exec(name)?.[1] ?? [])
    .map(Number)
    .filter(step => existsSync(checkpoint(step).weights))
    .sort((a, b) => a - b)
}

/** Removes checkpoints, the .json first: none is ever half there. */
export function removeCheckpoints(folder: string, steps: readonly number[]): void {
  for (const step of steps) {
    const { weights, state } = runPaths(folder).checkpoint(step)
    rmSync(state, { force: true })
    rmSync(weights, { force: true })
  }
}

/**
 * Removes what a kill left of checkpoints: files that are half written, and a file whose other half of the pair is missing. No other process
 * may be training in the folder.
 */
export function sweepCheckpoints(folder: string): void {
  const { checkpoints, checkpoint } = runPaths(folder)
  if (!existsSync(checkpoints)) return
  const whole = new Set(checkpointSteps(folder).flatMap(step => Object.values(checkpoint(step))))
  for (const name of readdirSync(checkpoints)) {
    const path = join(checkpoints, name)
    if (name.startsWith('step-') && !whole.has(path)) rmSync(path)
  }
}

/** Removes all that a run left in its folder; what else lies there stays. */
export function removeRun(folder: string): void {
  const { model, report, tensorboard, checkpoints, metrics, times, config } = runPaths(folder)
  for (const path of [model, report, tensorboard, checkpoints, metrics, times, config])
    rmSync(path, { recursive: true, force: true })
}

/**
 * The ONNX file that `--model` means: the file itself, or the model of a run's folder.
 *
 * @throws DataError where the folder holds no model
 */
export function modelFile(modelOrRun: string): string {
  if (!statSync(modelOrRun).isDirectory()) return modelOrRun
  const { model } = runPaths(modelOrRun)
  if (!existsSync(model))
    throw new DataError({ file: modelOrRun, expected: "a run's folder with model.onnx in it", found: 'none' })
  return model
}
