import { mkdirSync } from 'node:fs'
import {
  type CheckpointState,
  checkpointSteps,
  exportNetwork,
  type NamedTensor,
  NETWORKS,
  networkVariables,
  removeCheckpoints,
  removeRun,
  runPaths,
  writeCheckpoint,
  writeText,
} from '@tiny-face/arcface-model'
import { DataError, say } from '@tiny-face/record-stream'
import { type Batch, batches } from './batches.js'
import type { TrainingConfig } from './config.js'
import { stepRandom } from './data-order.js'
import { firstWeights } from './loop/first-weights.js'
import { resumeFrom } from './loop/resume.js'
import { RunLog, type SkippedStep, type StepMetrics, type StepTime, type VerificationMetrics } from './loop/run-log.js'
import { compileStepper, firstState, type StepOutcome, type Stepper } from './loop/stepper.js'
import { CentreStore, centreVariables } from './partial-fc/centre-store.js'
import { sampleCentres } from './partial-fc/sample-centres.js'
import { writeReport } from './report/index.js'
import { learningRate } from './schedule.js'
import { stepsOf, stepsPerEpoch, stepsToTake } from './steps-per-epoch.js'
import { RunEvents } from './tensorboard/index.js'
import type { TrainingSet } from './training-set.js'
import { figuresOf, type OpenVerificationSet, openVerificationSets, WeightsVerifier } from './verification/index.js'

export interface TrainOptions {
  readonly threads?: number | undefined
  /** Go on where the run ended or was killed: from its last checkpoint, or from that of `fromStep`. */
  readonly resume?: boolean
  readonly fromStep?: number | undefined
  /** Aborted, the run writes a checkpoint after the present step, and ends. */
  readonly signal?: AbortSignal
  /** A picture of what the network would see, for TensorBoard: PNG bytes. */
  readonly augmented?: Uint8Array | undefined
  readonly onStep?: (metrics: StepMetrics | SkippedStep, time: StepTime) => void
  readonly onVerification?: (metrics: VerificationMetrics) => void
}

export interface Trained {
  /** Steps that the run has taken, in all. */
  readonly step: number
  /** All steps done; interrupted; or `patience` verifications without a better one. */
  readonly end: 'done' | 'interrupted' | 'patience'
}

/**
 * Trains a network and leaves a run's folder (see arcface-model's run-folder.ts). What a run computes is a function of its config and the
 * training set: resumed, it leaves the same weights and metrics as if it had not been interrupted.
 *
 * @throws DataError where an image is bad, a loss or gradient is not finite, or a checkpoint is damaged; UsageError where a run is resumed
 *   with other settings
 */
export async function train(
  run: string,
  set: TrainingSet,
  config: TrainingConfig,
  options: TrainOptions = {},
): Promise<Trained> {
  const checkpoint = options.resume ? resumeFrom(run, config, options.fromStep) : undefined
  const state: CheckpointState = checkpoint?.state ?? { step: 0, epoch: 0, position: 0, seed: config.seed }
  if (state.step >= stepsToTake(config)) return { step: state.step, end: 'done' }
  const given = config.init === undefined || checkpoint ? {} : firstWeights(config.init, config)
  const sets = await openVerificationSets(config.verify, NETWORKS[config.network].size)
  const training = await Training.open({ run, set, config, sets, threads: options.threads })
  try {
    await training.begin(checkpoint?.tensors, given)
    if (!checkpoint) removeRun(run)
    mkdirSync(run, { recursive: true })
    writeText(runPaths(run).config, `${JSON.stringify(config, null, 2)}\n`)
    return await training.run(state, options)
  } finally {
    await training.close()
  }
}

interface TrainingParts {
  readonly run: string
  readonly set: TrainingSet
  readonly config: TrainingConfig
  readonly sets: readonly OpenVerificationSet[]
  readonly threads: number | undefined
  readonly stepper: Stepper
  /** Without Partial FC the centres are part of the step's state. */
  readonly store: CentreStore | undefined
}

/** A run's loop, with what it holds open. */
class Training {
  readonly #parts: TrainingParts
  #verifier: WeightsVerifier | undefined
  /** The state at the last checkpoint, until the next step has shown how its gradients moved it. */
  #before: Record<string, Float32Array> | undefined

  private constructor(parts: TrainingParts) {
    this.#parts = parts
  }

  static async open(parts: Omit<TrainingParts, 'stepper' | 'store'>): Promise<Training> {
    const { config, threads } = parts
    const stepper = await compileStepper(config, threads)
    const store =
      config.sampleRate === 1
        ? undefined
        : CentreStore.initial(config.classes, centreVariables(config, stepper.optimiser), config.seed)
    return new Training({ ...parts, stepper, store })
  }

  /** The state before the first step: a checkpoint's, or the seed's with these weights in their places. */
  async begin(
    tensors: ReadonlyMap<string, NamedTensor> | undefined,
    weights: Readonly<Record<string, Float32Array>>,
  ): Promise<void> {
    const { stepper, store, config } = this.#parts
    if (!tensors) return stepper.setState({ ...firstState(stepper, config.seed), ...weights })
    const values = (name: string) => {
      const tensor = tensors.get(name)
      if (!tensor) throw new DataError({ file: this.#parts.run, expected: `${name} in the checkpoint`, found: 'none' })
      return tensor.values
    }
    await stepper.setState(Object.fromEntries(stepper.variables.map(({ name }) => [name, values(name)])))
    for (const [name, tensor] of store?.tensors ?? []) tensor.values.set(values(name))
  }

  async run(state: CheckpointState, options: TrainOptions): Promise<Trained> {
    const { run, set, config } = this.#parts
    const { batchSize, seed, augment } = config
    const [steps, every] = [stepsToTake(config), stepsOf(config.every, stepsPerEpoch(config))]
    const log = new RunLog(run, state.step)
    const events = new RunEvents(run, state.step === 0 ? {} : { from: state.step + 1 })
    if (options.augmented) events.augmented(state.step, options.augmented)
    const network = NETWORKS[config.network]
    const source = batches(set, { network, batchSize, seed, augment, steps, from: state.step })
    let at = state
    let end: Trained['end'] = 'done'
    try {
      for (;;) {
        const started = performance.now()
        const { value: batch } = await source.next()
        if (batch === undefined) break
        const waited = secondsSince(started)
        const metrics = await this.#step(batch, at)
        const time = { step: metrics.step, seconds: secondsSince(started), waited }
        at = { ...at, ...placeOf(metrics.step, config) }
        if ('skipped' in metrics) at = { ...at, skipped: (at.skipped ?? 0) + 1 }
        else {
          events.step(metrics)
          await this.#showGradients(metrics.step, events)
        }
        log.metrics(metrics)
        log.time(time)
        options.onStep?.(metrics, time)
        const interrupted = options.signal?.aborted === true
        if (metrics.step % every === 0 || metrics.step === steps) {
          at = await this.#pause(at, { log, events, ...options })
          if (config.patience !== undefined && (at.sinceBest ?? 0) >= config.patience) end = 'patience'
        } else if (interrupted) await this.#save(at, await this.#parts.stepper.getState(), log)
        if (interrupted && metrics.step < steps) end = 'interrupted'
        if (end !== 'done') break
      }
    } finally {
      await source.return()
      events.close()
    }
    await writeReport(run)
    return { step: at.step, end }
  }

  async close(): Promise<void> {
    await this.#parts.stepper.close()
    await this.#verifier?.close()
    for (const set of this.#parts.sets) set.close()
  }

  /** @throws DataError where the loss or a gradient is not finite, and no more such batches may be skipped */
  async #step(batch: Batch, { skipped = 0 }: CheckpointState): Promise<StepMetrics | SkippedStep> {
    const { config, stepper, store } = this.#parts
    const { seed, classes, sampleRate: rate } = config
    const place = { step: batch.step + 1, epoch: batch.epoch }
    const current = learningRate({ ...config, kind: config.schedule, rates: config.learningRates }, batch.step)
    const sample = store && sampleCentres({ labels: batch.labels, classes, rate, seed, step: batch.step })
    const outcome = await stepper.step({
      images: batch.images,
      labels: sample?.labels ?? batch.labels,
      learningRate: current,
      random: stepRandom(seed, batch.step),
      rows: sample ? store.gather(sample.rows) : {},
    })
    const fault = faultOf(outcome)
    if (fault === undefined) {
      if (sample) store.scatter(sample.rows, outcome.rows)
      const { loss, accuracy, gradientNorm } = outcome
      return { ...place, loss, accuracy, learningRate: current, gradientNorm }
    }
    const where = `step ${place.step} with learning rate ${current}`
    if (skipped >= config.skipNonfinite) throw this.#nonfinite(fault, where, batch)
    say(`${where}: ${fault}; the batch is skipped`)
    return { ...place, skipped: fault }
  }

  #nonfinite(fault: string, where: string, { records }: Batch): DataError {
    const { run, set, config } = this.#parts
    const ids = Array.from(records, record => set.id(record)).join(', ')
    const ways = `A lower --lr, --clip 5 or a longer --warmup may help, and --skip-nonfinite ${config.skipNonfinite + 1} skips such a batch`
    const message = `${where}: ${fault}; nothing was changed by it, the last checkpoint holds. ${ways}. The batch: ${ids}`
    return new DataError({ file: run, message })
  }

  /** Verifies, and writes a checkpoint and the model. */
  async #pause(
    at: CheckpointState,
    { log, events, onVerification }: TrainOptions & { log: RunLog; events: RunEvents },
  ): Promise<CheckpointState> {
    const { run, config, sets, stepper } = this.#parts
    const weights = await stepper.getState()
    const variables = networkVariables(NETWORKS[config.network], config.embeddingSize)
    events.histograms(
      at.step,
      'weights',
      variables.map(({ name }) => [name, weights[name]!] as const),
    )
    this.#before = weights
    let next = at
    for (const { name, verification, seconds } of await this.#verify(weights)) {
      const metrics = { step: at.step, epoch: at.epoch, verification: name, ...figuresOf(verification) }
      log.metrics(metrics)
      log.time({ step: at.step, verification: name, seconds })
      events.verification(at.step, name, metrics)
      onVerification?.(metrics)
      if (name === config.best) next = withVerified(next, metrics.accuracy)
    }
    await this.#save(next, weights, log)
    if (sets.length === 0 || next.best?.step === at.step)
      writeText(runPaths(run).model, exportNetwork(NETWORKS[config.network], weights, config.embeddingSize))
    return next
  }

  /** Histograms of the gradients of the first step after each checkpoint. */
  async #showGradients(step: number, events: RunEvents): Promise<void> {
    const [before, { stepper }] = [this.#before, this.#parts]
    this.#before = undefined
    if (!before) return
    const after = await stepper.getState()
    const { gradientOf } = stepper.optimiser
    if (!gradientOf) return
    const trained = new Set(stepper.variables.flatMap(({ of }) => of ?? []))
    events.histograms(
      step,
      'gradients',
      Array.from(trained, name => [name, gradientOf(name, before, after)] as const),
    )
  }

  async #verify(weights: Record<string, Float32Array>): ReturnType<WeightsVerifier['verify']> {
    const { sets, config, threads } = this.#parts
    if (sets.length === 0) return []
    this.#verifier ??= await WeightsVerifier.open({ ...config, threads })
    return this.#verifier.verify(weights, sets)
  }

  /** Writes a checkpoint; of those before, the last and the best are kept. */
  async #save(state: CheckpointState, values: Readonly<Record<string, Float32Array>>, log: RunLog): Promise<void> {
    const { run, config, stepper, store } = this.#parts
    const started = performance.now()
    const tensors = stepper.variables.map(({ name, shape }) => [name, { shape, values: values[name]! }] as const)
    writeCheckpoint(run, new Map([...tensors, ...(store?.tensors ?? [])]), state)
    const before = checkpointSteps(run).slice(0, -config.keep)
    removeCheckpoints(
      run,
      before.filter(step => step !== state.best?.step),
    )
    log.time({ step: state.step, checkpoint: true, seconds: secondsSince(started) })
  }
}

function placeOf(step: number, config: TrainingConfig): Pick<CheckpointState, 'step' | 'epoch' | 'position'> {
  const perEpoch = stepsPerEpoch(config)
  const epoch = Math.floor(step / perEpoch)
  return { step, epoch, position: (step - epoch * perEpoch) * config.batchSize }
}

function withVerified(state: CheckpointState, accuracy: number): CheckpointState {
  const better = state.best === undefined || accuracy > state.best.accuracy
  if (better) return { ...state, best: { step: state.step, accuracy }, sinceBest: 0 }
  return { ...state, sinceBest: (state.sinceBest ?? 0) + 1 }
}

function faultOf({ loss, gradientNorm, nonfinite }: StepOutcome): string | undefined {
  if (nonfinite !== undefined) return `the gradient of ${nonfinite} is not finite, the loss is ${loss}`
  if (!Number.isFinite(loss)) return `the loss is ${loss}`
  return Number.isFinite(gradientNorm) ? undefined : `the norm of all gradients is ${gradientNorm}`
}

const secondsSince = (started: number) => (performance.now() - started) / 1000
