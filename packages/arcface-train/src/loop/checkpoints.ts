import {
  type CheckpointState,
  checkpointSteps,
  exportNetwork,
  NETWORKS,
  removeCheckpoints,
  restateCheckpoint,
  runPaths,
  writeCheckpoint,
} from '@tiny-face/arcface-model'
import type { Job } from '@tiny-face/mpi-session'
import { writeWholeFile } from '@tiny-face/safe-files'
import type { NamedTensor, TensorInPieces } from '@tiny-face/weight-files'
import type { TrainingConfig } from '../config.js'
import type { CentreStore } from '../partial-fc/centre-store.js'
import { fromFirstRank } from '../ranks/agree.js'
import { isOfCentres, rowsOfAll, sendRows } from '../ranks/centre-rows.js'
import type { OwnShare } from '../ranks/own-share.js'
import type { RunEvents } from '../tensorboard/index.js'
import { figuresOf, type OpenVerificationSet, type WeightsVerifier } from '../verification/index.js'
import type { RunLog, VerificationMetrics } from './run-log.js'
import type { Stepper } from './stepper.js'

export interface CheckpointParts {
  readonly run: string
  readonly config: TrainingConfig
  readonly job: Job
  readonly own: OwnShare
  readonly stepper: Stepper
  /** Without Partial FC the centres are part of the step's state. */
  readonly store: CentreStore | undefined
  readonly sets: readonly OpenVerificationSet[]
  readonly verifier: WeightsVerifier | undefined
}

/** What hears of a checkpoint and of its verification: log, TensorBoard and the caller. */
export interface Outlets {
  /** The first rank's. */
  readonly log: RunLog | undefined
  readonly events: RunEvents | undefined
  readonly onVerification?: ((metrics: VerificationMetrics) => void) | undefined
  /** Aborted, it ends a verification. */
  readonly signal?: AbortSignal | undefined
}

/** A run's checkpoints, their verification, and the model of the best. Of a job's ranks the first alone writes. */
export class Checkpoints {
  readonly #parts: CheckpointParts
  readonly #outlets: Outlets

  constructor(parts: CheckpointParts, outlets: Outlets) {
    this.#parts = parts
    this.#outlets = outlets
  }

  /** Writes one, with the lines of metrics before it safe on disk. */
  async save(state: CheckpointState, values: Readonly<Record<string, Float32Array>>): Promise<CheckpointState> {
    const { run, stepper, store, job } = this.#parts
    const { log } = this.#outlets
    const started = performance.now()
    const tensors = stepper.variables.map(({ name, shape }) => [name, { shape, values: values[name]! }] as const)
    const own = new Map([...tensors, ...(store?.tensors ?? [])])
    if (log === undefined) {
      for (const [name, tensor] of own) if (isOfCentres(name)) sendRows(job, tensor)
      return state
    }
    log.sync()
    const sha256 = writeCheckpoint(run, this.#ofAllRanks(own), state)
    this.#exportModel(state, values, sha256)
    this.removeOld(state)
    log.time({ step: state.step, checkpoint: true, seconds: (performance.now() - started) / 1000 })
    return state
  }

  /** Verifies the present weights, of which there is a checkpoint. Interrupted, it leaves the checkpoint unverified: the run goes on with it. */
  async verify(unverified: CheckpointState): Promise<CheckpointState> {
    return fromFirstRank(this.#parts.job, () => this.#verifyHere(unverified))
  }

  async #verifyHere(unverified: CheckpointState): Promise<CheckpointState> {
    const { run, config, sets, stepper, verifier } = this.#parts
    const { log, events, onVerification, signal } = this.#outlets
    const weights = await stepper.getState()
    const verifications = await verifier!.verify(weights, sets, signal)
    if (verifications === undefined) return unverified
    const { unverified: _, ...at } = unverified
    let next: CheckpointState = at
    for (const { name, verification, seconds } of verifications) {
      const metrics = { step: at.step, epoch: at.epoch, verification: name, ...figuresOf(verification) }
      log?.metrics(metrics)
      log?.time({ step: at.step, verification: name, seconds })
      events?.verification(at.step, name, metrics)
      onVerification?.(metrics)
      if (name === config.best) next = withVerified(next, metrics.accuracy)
    }
    log?.sync()
    const sha256 = restateCheckpoint(run, next)
    this.#exportModel(next, weights, sha256)
    this.removeOld(next)
    return next
  }

  /** Keeps the last, and the best. */
  removeOld({ best }: CheckpointState): void {
    const { run, config } = this.#parts
    const before = checkpointSteps(run).slice(0, -config.keep)
    removeCheckpoints(
      run,
      before.filter(step => step !== best?.step),
    )
  }

  #ofAllRanks(own: ReadonlyMap<string, NamedTensor>): Map<string, NamedTensor | TensorInPieces> {
    const { job, own: share } = this.#parts
    if (job.ranks === 1) return new Map(own)
    return new Map([...own].map(([name, tensor]) => [name, isOfCentres(name) ? rowsOfAll(job, tensor, share) : tensor]))
  }

  /** Writes the model, unless there is a better one, or that is still to be found out. */
  #exportModel(
    { step, best }: CheckpointState,
    values: Readonly<Record<string, Float32Array>>,
    checkpoint: string | undefined,
  ): void {
    const { run, config } = this.#parts
    if ((best?.step ?? step) !== step) return
    const { network, embeddingSize } = config
    const provenance = { network, embeddingSize, step, checkpoint, precision: 'f32' } as const
    writeWholeFile(runPaths(run).model, exportNetwork(NETWORKS[network], values, embeddingSize, provenance))
  }
}

function withVerified(state: CheckpointState, accuracy: number): CheckpointState {
  const better = state.best === undefined || accuracy > state.best.accuracy
  if (better) return { ...state, best: { step: state.step, accuracy }, sinceBest: 0 }
  return { ...state, sinceBest: (state.sinceBest ?? 0) + 1 }
}
