import type { Optimiser, Step } from '@tiny-face/arcface-model'
import type { Executable } from '@tiny-face/tfjs-compiler'
import type { StepBatch, StepOutcome, Stepper, Values } from './stepper.js'

/** Forward, gradients and update in one program. */
export class WholeStepper implements Stepper {
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

export function randomOf({ inputs }: Step, random: number): Values {
  return 'random' in inputs ? { random: Int32Array.of(random) } : {}
}

export function normsOf({ parameters }: Step, { gradientNorm, squaredNorms }: Values) {
  const index = squaredNorms!.findIndex(norm => !Number.isFinite(norm))
  return { gradientNorm: gradientNorm![0]!, nonfinite: parameters[index] }
}

export function outsideOf({ outside }: Step, outputs: Readonly<Values>): Values {
  return Object.fromEntries(outside.map(({ name }) => [name, outputs[`next/${name}`]!]))
}
