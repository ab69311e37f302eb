/*
 * The folder of a training run:
 *
 *   RUN/
 *     config.json                        everything that decides the result
 *     metrics.jsonl                      one line of JSON for each step that was logged
 *     checkpoints/
 *       step-00001000.safetensors        weights and optimiser state after step 1000
 *       step-00001000.json               step, epoch, position in the data, random state
 *     model.onnx                         the trained network: standard operators, dynamic batch, its preprocessing in its
 *                                        metadata (see preprocess.ts)
 *
 * A checkpoint is whole when both of its files are there: the .json is written last.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/record-stream'

const STEP_DIGITS = 8

export interface CheckpointPaths {
  weights: string
  state: string
}

export interface RunPaths {
  config: string
  metrics: string
  model: string
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
    model: join(folder, 'model.onnx'),
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
