import { mkdirSync } from 'node:fs'
import { flag, number, object, objectWith, oneOf, optional, readJson, text, whole } from '@tiny-face/checked-json'
import { DataError, writeWholeFile } from '@tiny-face/safe-files'
import {
  type NamedTensor,
  type RowsOf,
  readSafetensors,
  type TensorInPieces,
  writeSafetensors,
} from '@tiny-face/weight-files'
import { exportNetwork } from './export/export-network.js'
import { NETWORKS } from './networks/network.js'
import { checkpointSteps, runPaths } from './run-folder.js'
import { FORMER_NETWORK_NAMES, NETWORK_NAMES, type NetworkName } from './typed-names.js'

/** Where a run stands after a checkpoint's step. */
export interface CheckpointState {
  readonly step: number
  /** Whole passes over the data. */
  readonly epoch: number
  /** Images of the present epoch that were already used. */
  readonly position: number
  /** The order of records and the augmentation are functions of this and the epoch: there is no other random state. */
  readonly seed: number
  /** Batches skipped so far since their loss or gradient was no number. */
  readonly skipped?: number
  /** The step whose network verified best so far, and its accuracy, 0 to 1. */
  readonly best?: { readonly step: number; readonly accuracy: number }
  /** Verifications since then. */
  readonly sinceBest?: number
  /** Written before the verification that belongs to this step: it is still to come. */
  readonly unverified?: boolean
}

/**
 * Writes a checkpoint into a run's folder, the tensors first: it is whole when its .json is there.
 *
 * @returns the SHA-256 of the tensors' file
 * @throws DataError where a number is not finite: nothing is written
 */
export function writeCheckpoint(
  run: string,
  tensors: ReadonlyMap<string, NamedTensor | TensorInPieces>,
  state: CheckpointState,
): string {
  const check = (name: string, values: Float32Array) => {
    const index = firstNotFinite(values)
    if (index === -1) return
    throw new DataError({
      file: run,
      message: `the checkpoint of step ${state.step} is not written`,
      expected: `finite numbers in ${name}`,
      found: `${values[index]} at ${index}`,
    })
  }
  for (const [name, tensor] of tensors) if ('values' in tensor) check(name, tensor.values)
  const checked = ([name, tensor]: [string, NamedTensor | TensorInPieces]): [string, NamedTensor | TensorInPieces] => {
    if ('values' in tensor) return [name, tensor]
    const pieces = function* () {
      for (const piece of tensor.pieces()) {
        check(name, piece)
        yield piece
      }
    }
    return [name, { ...tensor, pieces }]
  }
  const paths = runPaths(run)
  mkdirSync(paths.checkpoints, { recursive: true })
  const { weights, state: json } = paths.checkpoint(state.step)
  const sha256 = writeSafetensors(weights, new Map([...tensors].map(checked)))
  writeWholeFile(json, `${JSON.stringify({ ...state, sha256 })}\n`)
  return sha256
}

/**
 * Replaces a checkpoint's .json; its tensors stay as they are.
 *
 * @returns the SHA-256 of the tensors' file
 */
export function restateCheckpoint(run: string, state: CheckpointState): string | undefined {
  const { sha256 } = readState(run, state.step)
  writeWholeFile(runPaths(run).checkpoint(state.step).state, `${JSON.stringify({ ...state, sha256 })}\n`)
  return sha256
}

/** A plain loop: the centres of a million people are 512 million numbers. */
function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i
  return -1
}

/** The part of a run's config.json that decides what its network is. */
export interface NetworkConfig {
  readonly network: NetworkName
  readonly embeddingSize: number
}

export interface Checkpoint {
  readonly state: CheckpointState
  /** By name, in tfjs's own layout: weights, running statistics, and what the optimiser keeps. */
  readonly tensors: ReadonlyMap<string, NamedTensor>
}

/**
 * What a checkpoint holds; its SHA-256 is verified.
 *
 * @param rowsOf the rows that are read of a tensor, where not all are
 * @throws DataError where the run has no such checkpoint, or its files are damaged
 */
export function readCheckpoint(run: string, step: number, rowsOf?: RowsOf): Checkpoint {
  const steps = checkpointSteps(run)
  if (!steps.includes(step)) throw noCheckpoint(run, `a checkpoint of step ${step}`, steps)
  const { sha256, ...state } = readState(run, step)
  return { state, tensors: readSafetensors(runPaths(run).checkpoint(step).weights, sha256, rowsOf) }
}

/**
 * The step of a run's network: its best where it was verified and the checkpoint is there, else its last.
 *
 * @throws DataError where it has no checkpoint
 */
export function chosenStep(run: string): number {
  const steps = checkpointSteps(run)
  const last = steps.at(-1)
  if (last === undefined) throw noCheckpoint(run, 'a run with checkpoints', steps)
  const best = readState(run, last).best?.step
  return best !== undefined && steps.includes(best) ? best : last
}

/**
 * The weights of a run's network, by variable name, and which network it is.
 *
 * @param step the best's where the run was verified and the last one's otherwise, where left out
 * @throws DataError where the run has no such checkpoint, or its files are damaged
 */
export function readWeights(run: string, step = chosenStep(run)): RunWeights {
  const { tensors } = readCheckpoint(run, step)
  const weights = Object.fromEntries([...tensors].map(([name, { values }]) => [name, values]))
  return { ...readNetworkConfig(run), step, sha256: readState(run, step).sha256, weights }
}

export interface RunWeights extends NetworkConfig {
  readonly step: number
  /** Of the checkpoint's safetensors; an older version wrote none. */
  readonly sha256: string | undefined
  /** By variable name, in tfjs's own layout. */
  readonly weights: Readonly<Record<string, Float32Array>>
}

/**
 * The network of a checkpoint as an ONNX model; `step` as for `readWeights`.
 *
 * @throws DataError where the run has no such checkpoint, or its files are damaged
 */
export function exportCheckpoint(run: string, step?: number): Uint8Array {
  const { weights, network, embeddingSize, step: chosen, sha256 } = readWeights(run, step)
  const provenance = { network, embeddingSize, step: chosen, checkpoint: sha256, precision: 'f32' } as const
  return exportNetwork(NETWORKS[network], weights, embeddingSize, provenance)
}

function noCheckpoint(run: string, expected: string, steps: readonly number[]): DataError {
  const found = steps.length === 0 ? 'none' : `those of steps ${steps.join(', ')}`
  return new DataError({ file: run, expected, found })
}

/** A checkpoint of an older version has no SHA-256. */
const STATE = objectWith({
  step: whole(0),
  epoch: whole(0),
  position: whole(0),
  seed: whole(0),
  skipped: optional(whole(0)),
  best: optional(object({ step: whole(0), accuracy: number(0, 1) })),
  sinceBest: optional(whole(0)),
  unverified: optional(flag),
  sha256: optional(text),
})

function readState(run: string, step: number): CheckpointState & { readonly sha256?: string } {
  const file = runPaths(run).checkpoint(step).state
  const state = readJson(file, STATE)
  if (state.step !== step) throw new DataError({ file, expected: `step ${step}`, found: `${state.step}` })
  return state
}

const NETWORK = objectWith({ network: oneOf(NETWORK_NAMES, FORMER_NETWORK_NAMES), embeddingSize: whole(1) })

function readNetworkConfig(run: string): NetworkConfig {
  return readJson(runPaths(run).config, NETWORK)
}
