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
  type Step,
  type StepVariable,
  trainingStep,
  updateProgram,
} from '@tiny-face/arcface-model'
import { compile, type Executable, sizeOf, type TypedValues } from '@tiny-face/tfjs-compiler'
import type { TrainingConfig } from '../config.js'
import { sampledClasses } from '../partial-fc/sample-centres.js'
import { type ParameterRules, parameterRules } from './parameter-rules.js'

export type Values = Record<string, TypedValues>

export interface StepBatch {
  /** Preprocessed, `[batch, size, size, 3]`. */
  readonly images: Float32Array
  /** `[batch]`: identities, or with Partial FC places among the rows. */
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
export function objectiveOf(config: TrainingConfig): { objective: Objective; rules: ParameterRules } {
  const { head, accumulate, freezeStatistics, embeddingSize } = config
  const whole = marginObjective({
    network: NETWORKS[config.network],
    batchSize: config.batchSize / accumulate,
    classes: sampledClasses(config),
    embeddingSize,
    head,
    freezeStatistics,
  })
  const rules = parameterRules(config, whole)
  return { objective: freeze(whole, rules.isFrozen), rules }
}

/** @throws what `objectiveOf` and `compile` throw */
export async function compileStepper(config: TrainingConfig, threads?: number): Promise<Stepper> {
  const { head, sampleRate, accumulate, embeddingSize, engine, precision, clip } = config
  const { objective, rules } = objectiveOf(config)
  const optimiser = optimiserOf(config, rules)
  const centres = centresVariable(embeddingSize, config.classes, centresOfIdentity(head)).name
  const options = { clip, outside: (name: string) => sampleRate !== 1 && name === centres }
  const load = (program: Step) => compile(program, { engine, precision, ...(threads === undefined ? {} : { threads }) })
  if (accumulate === 1) {
    const program = trainingStep(objective, optimiser, options)
    return new WholeStepper(program, await load(program), optimiser)
  }
  const [gradients, update] = [gradientsProgram(objective), updateProgram(objective, optimiser, options)]
  return new AccumulatingStepper(config, objective, optimiser, {
    gradients: { program: gradients, executable: await load(gradients) },
    update: { program: update, executable: await load(update) },
  })
}

function optimiserOf({ optimiser }: TrainingConfig, { weightDecay, rate }: ParameterRules): Optimiser {
  if (optimiser.kind === 'sgd') return momentum({ momentum: optimiser.momentum, weightDecay, rate })
  const { beta1, beta2, epsilon } = optimiser
  return adamW({ betas: [beta1, beta2], epsilon, weightDecay, rate } satisfies AdamOptions)
}

/** Forward, gradients and update in one program. */
class WholeStepper implements Stepper {
  readonly optimiser: Optimiser
  readonly #program: Step
  readonly #executable: Executable

  constructor(program: Step, executable: Executable, optimiser: Optimiser) {
    this.#program = program
    this.#executable = executable
    this.optimiser = optimiser
  }

  get variables() {
    return this.#program.variables
  }

  setState(values: Readonly<Values>) {
    return this.#executable.setState(values)
  }

  async getState() {
    return (await this.#executable.getState()) as Record<string, Float32Array>
  }

  async step({ images, labels, learningRate, random, rows }: StepBatch): Promise<StepOutcome> {
    const outputs = await this.#executable.step({
      ...{ images, labels, ...rows, learningRate: Float32Array.of(learningRate) },
      ...randomOf(this.#program, random),
    })
    return {
      loss: outputs.loss![0]!,
      accuracy: outputs.accuracy![0]!,
      ...normsOf(this.#program, outputs),
      rows: outsideOf(this.#program, outputs),
    }
  }

  close() {
    return this.#executable.close()
  }
}

interface Half {
  readonly program: Step
  readonly executable: Executable
}

/** The gradients of several parts of a batch, one after another, then one update by their mean. */
class AccumulatingStepper implements Stepper {
  readonly optimiser: Optimiser
  readonly variables: readonly StepVariable[]
  readonly #gradients: Half
  readonly #update: Half
  readonly #parts: number
  readonly #sums: ReadonlyMap<string, Float32Array>
  /** The running statistics as the last batch left them whose loss and gradients were finite. */
  #statistics: Values = {}
  /** Whether the gradients' program has the parameters as the last update left them. */
  #fresh = true

  constructor(
    { accumulate }: Pick<TrainingConfig, 'accumulate'>,
    objective: Objective,
    optimiser: Optimiser,
    halves: { gradients: Half; update: Half },
  ) {
    this.optimiser = optimiser
    this.#parts = accumulate
    this.#gradients = halves.gradients
    this.#update = halves.update
    const updated = new Set(halves.update.program.outside.map(({ name }) => name))
    const { variables, outside } = halves.gradients.program
    const both = [...outside, ...variables, ...halves.update.program.variables]
    const named = new Map(both.filter(({ name }) => !updated.has(name)).map(variable => [variable.name, variable]))
    this.variables = [...named.values()]
    const parameters = objective.variables.filter(({ kind }) => kind === 'parameter')
    this.#sums = new Map(parameters.map(({ name, shape }) => [name, new Float32Array(sizeOf(shape))]))
  }

  async setState(values: Readonly<Values>) {
    const statistics = this.#gradients.program.outside.filter(({ name }) => name in values)
    this.#statistics = {
      ...this.#statistics,
      ...Object.fromEntries(statistics.map(({ name }) => [name, values[name]!])),
    }
    for (const { program, executable } of [this.#gradients, this.#update]) {
      const own = program.variables.filter(({ name }) => name in values)
      await executable.setState(Object.fromEntries(own.map(({ name }) => [name, values[name]!])))
    }
  }

  async getState() {
    await this.#carryOver()
    const state: Values = {
      ...this.#statistics,
      ...(await this.#gradients.executable.getState()),
      ...(await this.#update.executable.getState()),
    }
    return Object.fromEntries(this.variables.map(({ name }) => [name, state[name] as Float32Array]))
  }

  async step(batch: StepBatch): Promise<StepOutcome> {
    await this.#carryOver()
    const { program, executable } = this.#gradients
    const centres = Object.entries(batch.rows).filter(([name]) => name in program.inputs)
    await executable.setState(Object.fromEntries(centres))
    for (const sum of this.#sums.values()) sum.fill(0)
    let statistics = this.#statistics
    let [loss, accuracy] = [0, 0]
    for (let part = 0; part < this.#parts; part++) {
      const outputs = await executable.step({
        images: partOf(batch.images, part, this.#parts),
        labels: partOf(batch.labels, part, this.#parts),
        ...statistics,
        ...randomOf(program, partRandom(batch.random, part)),
      })
      loss += outputs.loss![0]! / this.#parts
      accuracy += outputs.accuracy![0]! / this.#parts
      statistics = outsideOf(program, outputs)
      for (const [name, sum] of this.#sums) {
        const gradient = outputs[`gradient/${name}`]!
        for (let i = 0; i < sum.length; i++) sum[i]! += gradient[i]! / this.#parts
      }
    }
    if (!Number.isFinite(loss)) return { loss, accuracy, ...this.#faultySums(), rows: {} }
    const outputs = await this.#update.executable.step({
      ...Object.fromEntries([...this.#sums].map(([name, sum]) => [`gradient/${name}`, sum])),
      ...batch.rows,
      learningRate: Float32Array.of(batch.learningRate),
    })
    this.#fresh = false
    const norms = normsOf(this.#update.program, outputs)
    if (Number.isFinite(norms.gradientNorm)) this.#statistics = statistics
    return { loss, accuracy, ...norms, rows: outsideOf(this.#update.program, outputs) }
  }

  async close() {
    await this.#gradients.executable.close()
    await this.#update.executable.close()
  }

  /** What is said of gradients of a loss that is not finite; they move nothing. */
  #faultySums(): Pick<StepOutcome, 'gradientNorm' | 'nonfinite'> {
    const [nonfinite] = [...this.#sums].find(([, sum]) => !sum.every(Number.isFinite)) ?? []
    return { gradientNorm: Number.NaN, nonfinite }
  }

  /** Gives the gradients' program the parameters that the update moved. */
  async #carryOver() {
    if (this.#fresh) return
    const moved = await this.#update.executable.getState()
    const shared = this.#gradients.program.constants!.filter(name => name in moved)
    await this.#gradients.executable.setState(Object.fromEntries(shared.map(name => [name, moved[name]!])))
    this.#fresh = true
  }
}

/** Each part drops out others; the first, what a step in one part would. */
const partRandom = (random: number, part: number) => (random + part) % 2 ** 31

function partOf<T extends Float32Array | Int32Array>(values: T, part: number, parts: number): T {
  const length = values.length / parts
  return values.slice(part * length, (part + 1) * length) as T
}

function randomOf({ inputs }: Step, random: number): Values {
  return 'random' in inputs ? { random: Int32Array.of(random) } : {}
}

function normsOf({ parameters }: Step, { gradientNorm, squaredNorms }: Values) {
  const index = squaredNorms!.findIndex(norm => !Number.isFinite(norm))
  return { gradientNorm: gradientNorm![0]!, nonfinite: parameters[index] }
}

function outsideOf({ outside }: Step, outputs: Readonly<Values>): Values {
  return Object.fromEntries(outside.map(({ name }) => [name, outputs[`next/${name}`]!]))
}
