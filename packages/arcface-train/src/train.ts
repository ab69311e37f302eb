import { appendFileSync, mkdirSync } from 'node:fs'
import {
  arcfaceObjective,
  exportCheckpoint,
  initialState,
  momentum,
  NETWORKS,
  runPaths,
  type Step,
  trainingStep,
  writeCheckpoint,
  writeText,
} from '@tiny-face/arcface-model'
import { DataError } from '@tiny-face/record-stream'
import { compile, type Executable } from '@tiny-face/tfjs-compiler'
import { batches } from './batches.js'
import type { TrainingConfig } from './config.js'
import { learningRate } from './schedule.js'
import { stepInputs } from './step-inputs.js'
import type { TrainingSet } from './training-set.js'

/** One line of metrics.jsonl. */
export interface StepMetrics {
  readonly step: number
  readonly epoch: number
  readonly loss: number
  /** The share of the batch nearest to its own centre. */
  readonly accuracy: number
  readonly learningRate: number
  readonly seconds: number
}

export interface TrainOptions {
  readonly threads?: number
  readonly onStep?: (metrics: StepMetrics) => void
}

/**
 * Trains a network and leaves a run's folder: config, metrics of every step, a checkpoint after every epoch, and the model.
 *
 * @throws DataError where an image is bad, or the loss is no longer a number
 */
export async function train(
  run: string,
  set: TrainingSet,
  config: TrainingConfig,
  options: TrainOptions = {},
): Promise<void> {
  const { batchSize, seed } = config
  const network = NETWORKS[config.network]
  const paths = runPaths(run)
  const perEpoch = Math.floor(set.count / batchSize)
  const steps = config.stopAfter === undefined ? config.steps : Math.min(config.steps, config.stopAfter * perEpoch)
  const schedule = { ...config, kind: config.schedule, rates: config.learningRates }

  const objective = arcfaceObjective({
    network,
    batchSize,
    classes: set.classes,
    embeddingSize: config.embeddingSize,
    margin: { margin: config.margin, scale: config.scale, easy: config.easyMargin },
  })
  const step = trainingStep(objective, momentum(config))
  const { engine, precision } = config
  const { threads } = options
  const executable = await compile(step, { engine, precision, ...(threads === undefined ? {} : { threads }) })
  try {
    mkdirSync(run, { recursive: true })
    writeText(paths.config, `${JSON.stringify(config, null, 2)}\n`)
    writeText(paths.metrics, '')
    await executable.setState(initialState(step, seed))
    for await (const batch of batches(set, { network, batchSize, seed, steps })) {
      const started = performance.now()
      const rate = learningRate(schedule, batch.step)
      const { loss, accuracy } = await executable.step(stepInputs(step, batch, { learningRate: rate, seed }))
      const metrics = {
        step: batch.step + 1,
        epoch: batch.epoch,
        loss: loss![0]!,
        accuracy: accuracy![0]!,
        learningRate: rate,
        seconds: Number(((performance.now() - started) / 1000).toFixed(4)),
      }
      if (!Number.isFinite(metrics.loss)) {
        throw new DataError({
          file: run,
          message: `step ${metrics.step}`,
          expected: 'a loss',
          found: `${metrics.loss}; a lower learning rate may help`,
        })
      }
      appendFileSync(paths.metrics, `${JSON.stringify(metrics)}\n`)
      options.onStep?.(metrics)
      if (metrics.step % perEpoch === 0 || metrics.step === steps)
        await checkpoint(run, step, executable, metrics.step, { perEpoch, batchSize, seed })
    }
  } finally {
    await executable.close()
  }
}

async function checkpoint(
  run: string,
  program: Step,
  executable: Executable,
  step: number,
  { perEpoch, batchSize, seed }: { perEpoch: number; batchSize: number; seed: number },
): Promise<void> {
  const tensors = new Map(
    Object.entries(await executable.getState()).map(([name, values]) => [
      name,
      { shape: program.inputs[name]!.shape, values: values as Float32Array },
    ]),
  )
  const epoch = Math.floor(step / perEpoch)
  writeCheckpoint(run, tensors, { step, epoch, position: (step - epoch * perEpoch) * batchSize, seed })
  writeText(runPaths(run).model, exportCheckpoint(run, step))
}
