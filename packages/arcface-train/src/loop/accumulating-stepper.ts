import type { Objective, Optimiser, Step, StepVariable } from '@tiny-face/arcface-model'
import { type Executable, sizeOf } from '@tiny-face/tfjs-compiler'
import type { TrainingConfig } from '../config.js'
import type { StepBatch, StepOutcome, Stepper, Values } from './stepper.js'
import { normsOf, outsideOf, randomOf } from './whole-stepper.js'

interface Half {
  readonly program: Step
  readonly executable: Executable
}

/** The gradients of several parts of a batch, one after another, then one update by their mean. */
export class AccumulatingStepper implements Stepper {
  readonly optimiser: Optimiser
  readonly variables: readonly StepVariable[]
  readonly #gradients: Half
  readonly #update: Half
  readonly #parts: number
  readonly #ranks: number
  readonly #sums: ReadonlyMap<string, Float32Array>
  /** The running statistics as the last batch left them whose loss and gradients were finite. */
  #statistics: Values = {}
  /** Whether the gradients' program has the parameters as the last update left them. */
  #fresh = true

  constructor(
    { accumulate, ranks = 1 }: Pick<TrainingConfig, 'accumulate'> & { readonly ranks?: number },
    objective: Objective,
    optimiser: Optimiser,
    halves: { gradients: Half; update: Half },
  ) {
    this.optimiser = optimiser
    this.#parts = accumulate
    this.#ranks = ranks
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
        ...randomOf(program, partRandom(batch.random, part * this.#ranks)),
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

/** Each part, and each rank's of one, drops out others; the first, what a step in one part would. */
const partRandom = (random: number, part: number) => (random + part) % 2 ** 31

function partOf<T extends Float32Array | Int32Array>(values: T, part: number, parts: number): T {
  const length = values.length / parts
  return values.slice(part * length, (part + 1) * length) as T
}
