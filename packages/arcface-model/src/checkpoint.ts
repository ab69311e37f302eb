import { mkdirSync, readFileSync } from 'node:fs'
import { AtomicFile, DataError } from '@tiny-face/record-stream'
import { exportNetwork } from './inference.js'
import { NETWORKS, type NetworkName } from './networks/network.js'
import { checkpointSteps, runPaths } from './run-folder.js'
import { type NamedTensor, readSafetensors, writeSafetensors } from './safetensors.js'

/** Where a run stands after a checkpoint's step. */
export interface CheckpointState {
  readonly step: number
  /** Whole passes over the data. */
  readonly epoch: number
  /** Images of the present epoch that were already used. */
  readonly position: number
  /** The order of records and the augmentation are functions of this and the epoch: there is no other random state. */
  readonly seed: number
}

/** Writes a checkpoint into a run's folder, the weights first: it is whole when its .json is there. */
export function writeCheckpoint(run: string, tensors: ReadonlyMap<string, NamedTensor>, state: CheckpointState): void {
  const paths = runPaths(run)
  mkdirSync(paths.checkpoints, { recursive: true })
  const { weights, state: json } = paths.checkpoint(state.step)
  writeSafetensors(weights, tensors)
  writeText(json, `${JSON.stringify(state)}\n`)
}

/** The part of a run's config.json that decides what its network is. */
export interface NetworkConfig {
  readonly network: NetworkName
  readonly embeddingSize: number
}

export interface Checkpoint extends NetworkConfig {
  /** The state by name, in tfjs's own layout: weights, running statistics, and what the optimiser keeps. */
  readonly weights: Record<string, Float32Array>
}

/**
 * What a checkpoint holds, and which network it is of.
 *
 * @param step the last checkpoint's where left out
 * @throws DataError where the run has no such checkpoint, or its files are damaged
 */
export function readCheckpoint(run: string, step?: number): Checkpoint {
  const steps = checkpointSteps(run)
  const chosen = step ?? steps.at(-1)
  if (chosen === undefined || !steps.includes(chosen)) {
    const expected = step === undefined ? 'a run with checkpoints' : `a checkpoint of step ${step}`
    throw new DataError({
      file: run,
      expected,
      found: steps.length === 0 ? 'none' : `those of steps ${steps.join(', ')}`,
    })
  }
  const tensors = readSafetensors(runPaths(run).checkpoint(chosen).weights)
  const weights = Object.fromEntries([...tensors].map(([name, { values }]) => [name, values]))
  return { ...readNetworkConfig(run), weights }
}

/**
 * The network of a checkpoint as an ONNX model.
 *
 * @param step the last checkpoint's where left out
 * @throws DataError where the run has no such checkpoint, or its files are damaged
 */
export function exportCheckpoint(run: string, step?: number): Uint8Array {
  const { network, embeddingSize, weights } = readCheckpoint(run, step)
  return exportNetwork(NETWORKS[network], weights, embeddingSize)
}

function readNetworkConfig(run: string): NetworkConfig {
  const file = runPaths(run).config
  let config: unknown
  try {
    config = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== undefined) throw cause
    throw new DataError({ file, expected: 'JSON', found: (cause as Error).message, cause })
  }
  const { network, embeddingSize } = Object(config) as Record<string, unknown>
  if (typeof network !== 'string' || !Object.hasOwn(NETWORKS, network)) {
    throw new DataError({ file, expected: `network ${Object.keys(NETWORKS).join(' or ')}`, found: `${network}` })
  }
  if (!Number.isSafeInteger(embeddingSize) || (embeddingSize as number) < 1) {
    throw new DataError({ file, expected: 'embeddingSize, a whole number', found: `${embeddingSize}` })
  }
  return { network: network as NetworkName, embeddingSize: embeddingSize as number }
}

/** Writes a small file that has its name only once it is whole. */
export function writeText(path: string, text: string | Uint8Array): void {
  const file = new AtomicFile(path, { force: true })
  try {
    file.write(Buffer.from(text))
    file.commit()
  } finally {
    file.abort()
  }
}
