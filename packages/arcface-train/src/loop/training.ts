import { type CheckpointState, initialState, NETWORKS, networkVariables } from '@tiny-face/arcface-model'
import { say } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import type { NamedTensor } from '@tiny-face/weight-files'
import { augmentedGrid } from '../augment/augmented-grid.js'
import { type Batch, batches } from '../batches.js'
import type { TrainingConfig } from '../config.js'
import { stepRandom } from '../data-order.js'
import { learningRate } from '../learning-rate.js'
import { CentreStore, centreVariables } from '../partial-fc/centre-store.js'
import { sampleCentres } from '../partial-fc/sample-centres.js'
import { agreedOutcome, OtherRanksFault } from '../ranks/agree.js'
import { type OwnShare, ownLabels } from '../ranks/own-share.js'
import { ownProcessors } from '../ranks/processors.js'
import { writeReport } from '../report/index.js'
import { placeOf, stepsOf, stepsPerEpoch, stepsToTake } from '../steps-per-epoch.js'
import { RunEvents } from '../tensorboard/index.js'
import type { TrainingSet } from '../training-set.js'
import { WeightsVerifier } from '../verification/index.js'
import { DATA_THREADS } from '../workers/image-thread-pool.js'
import { type CheckpointParts, Checkpoints } from './checkpoints.js'
import { RunLog, type SkippedStep, type StepMetrics, type StepTime, type VerificationMetrics } from './run-log.js'
import { ShownGradients } from './shown-gradients.js'
import { compileStepper, type StepOutcome, type Stepper } from './stepper.js'

interface TrainingParts extends CheckpointParts {
  readonly set: TrainingSet
  readonly threads?: number | undefined
}

/** What may end a run, and who hears of it while it goes on. */
export interface Listeners {
  /** Aborted, the run writes a checkpoint after the present step, and ends; also in the midst of a verification. */
  readonly signal?: AbortSignal
  readonly onStep?: (metrics: StepMetrics | SkippedStep, time: StepTime) => void
  readonly onVerification?: (metrics: VerificationMetrics) => void
}

export interface Trained {
  /** Steps that the run has taken, in all. */
  readonly step: number
  /** All steps done; interrupted; or `patience` verifications without a better one. */
  readonly end: 'done' | 'interrupted' | 'patience'
}

/** A run's loop, with what it holds open. */
export class Training {
  readonly #parts: TrainingParts
  /** Those of the first step after each checkpoint. */
  readonly #gradients: ShownGradients

  private constructor(parts: TrainingParts) {
    this.#parts = parts
    this.#gradients = new ShownGradients(parts.stepper)
  }

  /** @param tensors a checkpoint's, where the run goes on */
  static async open(
    parts: Omit<TrainingParts, 'stepper' | 'store' | 'verifier'>,
    tensors: ReadonlyMap<string, NamedTensor> | undefined,
  ): Promise<Training> {
    const { run, config, sets, job, own } = parts
    const threads = parts.threads ?? (job.ranks === 1 ? undefined : ownProcessors(job))
    const stepper = await compileStepper(config, threads, job)
    return new Training({
      ...parts,
      stepper,
      store: config.sampleRate === 1 ? undefined : storeOf(run, config, own, stepper, tensors),
      verifier: sets.length === 0 ? undefined : await WeightsVerifier.open({ ...config, threads }),
    })
  }

  /** Sets the state before the first step: a checkpoint's, or first values by the seed, but for the weights that are given. */
  async begin(
    tensors: ReadonlyMap<string, NamedTensor> | undefined,
    weights: Readonly<Record<string, Float32Array>>,
  ): Promise<void> {
    const { run, stepper, config } = this.#parts
    if (!tensors) return stepper.setState({ ...initialState(stepper, config.seed), ...weights })
    const values = stepper.variables.map(({ name }) => [name, tensorOf(run, tensors, name).values] as const)
    await stepper.setState(Object.fromEntries(values))
  }

  async run(state: CheckpointState, { signal, onStep, onVerification }: Listeners): Promise<Trained> {
    const { run, set, config, job } = this.#parts
    const { batchSize, seed, augment, accumulate, patience = Number.POSITIVE_INFINITY } = config
    const [steps, every] = [stepsToTake(config), stepsOf(config.every, stepsPerEpoch(config))]
    const network = NETWORKS[config.network]
    const isFirst = job.rank === 0
    const log = isFirst ? new RunLog(run, state) : undefined
    const events = isFirst ? new RunEvents(run, state.step === 0 ? {} : { from: state.step + 1 }) : undefined
    events?.augmented(state.step, await augmentedGrid(set, { ...config, size: network.size }))
    const threads = job.ranks === 1 ? {} : { threads: Math.min(DATA_THREADS, ownProcessors(job)) }
    const order = { network, batchSize, seed, augment, accumulate, steps, from: state.step, place: job }
    const source = batches(set, { ...order, ...threads })
    const checkpoints = new Checkpoints(this.#parts, { log, events, onVerification, signal })
    let at = state.unverified ? await checkpoints.verify(state) : state
    let saved = at.step
    let stopped = false
    let commonFault: unknown
    const common = (fault: unknown) => {
      commonFault = fault
      return fault
    }
    // A kill may have come between a checkpoint and this.
    if (at.step > 0 && isFirst) checkpoints.removeOld(at)
    const endOf = (): Trained['end'] | undefined => {
      if (at.unverified) return 'interrupted'
      if ((at.sinceBest ?? 0) >= patience) return 'patience'
      if (at.step >= steps) return 'done'
      return stopped ? 'interrupted' : undefined
    }
    try {
      while (endOf() === undefined) {
        const started = performance.now()
        const { batch, fault } = await batchOf(source)
        const outcome = agreedOutcome(job, fault === undefined ? (signal?.aborted ? 'stop' : 'on') : 'fault')
        if (outcome === 'fault') throw common(fault ?? new OtherRanksFault())
        stopped = outcome === 'stop'
        if (stopped || batch === undefined) break
        const waited = secondsSince(started)
        const metrics = await this.#step(batch, at)
        if (metrics instanceof Error) throw common(metrics)
        const time = { step: metrics.step, seconds: secondsSince(started), waited }
        at = { ...at, step: metrics.step, ...placeOf(metrics.step, config) }
        if ('skipped' in metrics) at = { ...at, skipped: (at.skipped ?? 0) + 1 }
        else {
          events?.step(metrics)
          await this.#showGradients(metrics.step, events)
        }
        log?.metrics(metrics)
        log?.time(time)
        onStep?.(metrics, time)
        // Where a run is stopped within its schedule is no place to verify: it would not be one had it gone on.
        if (at.step % every === 0 || at.step === config.steps) {
          at = await this.#checkpoint(at, checkpoints, events)
          saved = at.step
          if (at.unverified) at = await checkpoints.verify(at)
        }
      }
    } catch (error) {
      // What befell this rank alone: the others do not come to a checkpoint.
      if (job.ranks > 1 && error !== commonFault) saved = at.step
      throw error
    } finally {
      await source.return()
      // Also where a batch could not be made, or a step not be taken: what was done before is not lost.
      if (at.step > saved) await checkpoints.save(at, await this.#parts.stepper.getState())
      events?.close()
    }
    if (isFirst) await writeReport(run)
    return { step: at.step, end: endOf() ?? 'done' }
  }

  async close(): Promise<void> {
    await this.#parts.stepper.close()
    await this.#parts.verifier?.close()
    for (const set of this.#parts.sets) set.close()
  }

  /** @returns an error where the loss or a gradient is not finite, and no more such batches may be skipped */
  async #step(batch: Batch, { skipped = 0 }: CheckpointState): Promise<StepMetrics | SkippedStep | Error> {
    const { config, stepper, store, job, own } = this.#parts
    const { seed } = config
    const place = { step: batch.step + 1, epoch: batch.epoch }
    const current = learningRate({ ...config, kind: config.schedule, rates: config.learningRates }, batch.step)
    const labels = job.ranks === 1 ? batch.labels : ownLabels(batch.labels, own)
    const sample = store && sampleCentres({ ...config, ...own, labels, step: batch.step })
    const outcome = await stepper.step({
      images: batch.images,
      labels: sample?.labels ?? labels,
      learningRate: current,
      // Each rank drops out other values.
      random: (stepRandom(seed, batch.step) + job.rank) % 2 ** 31,
      rows: sample ? store.gather(sample.rows) : {},
    })
    const fault = faultOf(outcome)
    if (fault === undefined) {
      if (sample) store.scatter(sample.rows, outcome.rows)
      const { loss, accuracy, gradientNorm } = outcome
      return { ...place, loss, accuracy, learningRate: current, gradientNorm }
    }
    const where = `step ${place.step} with learning rate ${current}`
    if (skipped >= config.skipNonfinite)
      return job.rank === 0 ? this.#nonfinite(fault, where, batch) : new OtherRanksFault()
    say(`${where}: ${fault}; the batch is skipped`)
    return { ...place, skipped: fault }
  }

  #nonfinite(fault: string, where: string, { records }: Batch): DataError {
    const { run, set, config } = this.#parts
    const ids = Array.from(records, record => set.id(record)).join(', ')
    const ways = `--resume --skip-nonfinite ${config.skipNonfinite + 1} goes on without this batch; a lower --lr, --clip 5 or a longer --warmup, which may help, need a new run`
    const message = `${where}: ${fault}; nothing was changed by it, and a checkpoint holds what was before; ${ways}. The batch: ${ids}`
    return new DataError({ file: run, message })
  }

  /** Writes a checkpoint before the weights are verified: that takes long and may fail, and must not cost what was trained. */
  async #checkpoint(
    at: CheckpointState,
    checkpoints: Checkpoints,
    events: RunEvents | undefined,
  ): Promise<CheckpointState> {
    const { config, stepper } = this.#parts
    const weights = await stepper.getState()
    const variables = networkVariables(NETWORKS[config.network], config.embeddingSize)
    events?.histograms(
      at.step,
      'weights',
      variables.map(({ name }) => [name, weights[name]!] as const),
    )
    this.#gradients.keep(weights)
    return checkpoints.save(config.verify.length === 0 ? at : { ...at, unverified: true }, weights)
  }

  async #showGradients(step: number, events: RunEvents | undefined): Promise<void> {
    if (!this.#gradients.isDue || events === undefined) return
    events.histograms(step, 'gradients', this.#gradients.take(await this.#parts.stepper.getState()))
  }
}

/** The next batch, or why there is none: where ranks share a run, the others have to be told. */
async function batchOf(source: AsyncGenerator<Batch, void>): Promise<{ batch?: Batch | undefined; fault?: unknown }> {
  try {
    const { value } = await source.next()
    return { batch: value ?? undefined }
  } catch (fault) {
    return { fault }
  }
}

/** The centres beside a step: a checkpoint's own arrays, which are gigabytes, or the first. */
function storeOf(
  run: string,
  config: TrainingConfig,
  own: OwnShare,
  { optimiser }: Stepper,
  tensors: ReadonlyMap<string, NamedTensor> | undefined,
): CentreStore {
  const variables = centreVariables(config, optimiser, own)
  if (!tensors) return CentreStore.initial(own.classes, variables, config.seed)
  return new CentreStore(own.classes, new Map(variables.map(({ name }) => [name, tensorOf(run, tensors, name)])))
}

function tensorOf(run: string, tensors: ReadonlyMap<string, NamedTensor>, name: string): NamedTensor {
  const tensor = tensors.get(name)
  if (!tensor) throw new DataError({ file: run, expected: `${name} in the checkpoint`, found: 'none' })
  return tensor
}

function faultOf({ loss, gradientNorm, nonfinite }: StepOutcome): string | undefined {
  if (nonfinite !== undefined) return `the gradient of ${nonfinite} is not finite, the loss is ${loss}`
  if (!Number.isFinite(loss)) return `the loss is ${loss}`
  return Number.isFinite(gradientNorm) ? undefined : `the norm of all gradients is ${gradientNorm}`
}

const secondsSince = (started: number) => (performance.now() - started) / 1000
