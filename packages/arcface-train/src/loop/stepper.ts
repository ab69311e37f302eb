/** A step of a run, compiled: whole, or in parts whose gradients are added up. */
import {
  type AdamOptions,
  adamW,
  centresOfIdentity,
  centresVariable,
  freeze,
  gradientsProgram,
  marginObjective,
  momentum,
  NETWORKS,
  type Objective,
  type Optimiser,
  type SharedStep,
  type Step,
  type StepVariable,
  trainingStep,
  updateProgram,
} from '@tiny-face/arcface-model'
import { ALONE, type Job } from '@tiny-face/mpi-session'
import { compile, type TypedValues } from '@tiny-face/tfjs-compiler'
import type { TrainingConfig } from '../config.js'
import { sampledClasses } from '../partial-fc/sample-centres.js'
import { ownShare } from '../ranks/own-share.js'
import { AccumulatingStepper } from './accumulating-stepper.js'
import { type ParameterRules, parameterRules } from './parameter-rules.js'
import { WholeStepper } from './whole-stepper.js'

export type Values = Record<string, TypedValues>

export interface StepBatch {
  /** Preprocessed, `[batch, size, size, 3]`; of a step that ranks share, this rank's. */
  readonly images: Float32Array
  /** `[batch]`, of all ranks: identities, or with Partial FC places among the rows; -1 where it is another rank's. */
  readonly labels: Int32Array
  readonly learningRate: number
  /** Decides what is dropped out, 0 to 2^31 - 1. */
  readonly random: number
  /** With Partial FC, the step's centres and what is kept for each. */
  readonly rows: Readonly<Record<string, Float32Array>>
}

export interface StepOutcome {
  readonly loss: number
  /** The share of the batch nearest to its own centre. */
  readonly accuracy: number
  /** Of all gradients as one vector, before clipping. */
  readonly gradientNorm: number
  /** The first parameter whose gradient is not finite. */
  readonly nonfinite: string | undefined
  /** The rows as the step leaves them; of no use where something is not finite. */
  readonly rows: Values
}

/** A step with its state. Where the loss or a gradient is not finite, all of the state stays as it was. */
export interface Stepper {
  /** State and constants: what is set before the first step, and what a checkpoint holds. */
  readonly variables: readonly StepVariable[]
  readonly optimiser: Optimiser
  setState(values: Readonly<Values>): Promise<void>
  getState(): Promise<Record<string, Float32Array>>
  step(batch: StepBatch): Promise<StepOutcome>
  close(): Promise<void>
}

/**
 * The loss that a step, or one of its parts, lowers. With Partial FC it is computed over the centres that take part in the step.
 *
 * @throws UsageError where a pattern of `freeze` fits no parameter
 */
export function objectiveOf(
  config: TrainingConfig,
  place: Place = ALONE,
): { objective: Objective; rules: ParameterRules } {
  const { head, accumulate, freezeStatistics, embeddingSize, syncBatchNorm = false } = config
  const share = ownShare(config, place)
  const whole = marginObjective({
    network: NETWORKS[config.network],
    batchSize: config.batchSize / accumulate / place.ranks,
    classes: sampledClasses({ ...config, classes: share.classes }),
    embeddingSize,
    head,
    freezeStatistics,
    share: place.ranks === 1 ? undefined : share,
    synchronise: syncBatchNorm,
  })
  const rules = parameterRules(config, whole)
  return { objective: freeze(whole, rules.isFrozen), rules }
}

type Place = Pick<Job, 'rank' | 'ranks'>

/** @param place where ranks share the step @throws what `objectiveOf` and `compile` throw */
export async function compileStepper(config: TrainingConfig, threads?: number, place: Place = ALONE): Promise<Stepper> {
  const { head, sampleRate, accumulate, embeddingSize, engine, precision, clip, exchange = 'f32' } = config
  const { objective, rules } = objectiveOf(config, place)
  const optimiser = optimiserOf(config, rules)
  const centres = centresVariable(embeddingSize, config.classes, centresOfIdentity(head)).name
  const isCentres = (name: string) => name === centres
  const shared: SharedStep | undefined =
    place.ranks === 1 ? undefined : { ranks: place.ranks, wire: exchange, isOwn: isCentres }
  const options = { clip, outside: (name: string) => sampleRate !== 1 && isCentres(name), shared }
  const load = (program: Step) => compile(program, { engine, precision, ...(threads === undefined ? {} : { threads }) })
  if (accumulate === 1) {
    const program = trainingStep(objective, optimiser, options)
    return new WholeStepper(program, await load(program), optimiser)
  }
  const [gradients, update] = [gradientsProgram(objective, options), updateProgram(objective, optimiser, options)]
  return new AccumulatingStepper({ accumulate, ranks: place.ranks }, objective, optimiser, {
    gradients: { program: gradients, executable: await load(gradients) },
    update: { program: update, executable: await load(update) },
  })
}

function optimiserOf({ optimiser }: TrainingConfig, { weightDecay, rate }: ParameterRules): Optimiser {
  if (optimiser.kind === 'sgd') return momentum({ momentum: optimiser.momentum, weightDecay, rate })
  const { beta1, beta2, epsilon } = optimiser
  return adamW({ betas: [beta1, beta2], epsilon, weightDecay, rate } satisfies AdamOptions)
}
