import type { Optimiser, StepVariable } from '@tiny-face/arcface-model'
import { sizeOf } from '@tiny-face/tfjs-compiler'

type State = Readonly<Record<string, Float32Array>>

/** Numbers of the largest parameter whose gradients are shown: the centres of a million people and their velocity are 4 GB to hold. */
export const MAX_SHOWN = 2 ** 24

/**
 * The gradients of a step out of the states before and after it, as histograms show them. Only what that takes is kept of the state
 * before.
 */
export class ShownGradients {
  readonly #parameters: readonly string[]
  readonly #kept: ReadonlySet<string>
  readonly #gradientOf: Optimiser['gradientOf']
  #before: State | undefined

  constructor(
    { variables, optimiser }: { variables: readonly StepVariable[]; optimiser: Pick<Optimiser, 'gradientOf'> },
    most = MAX_SHOWN,
  ) {
    const shown = variables.filter(({ of, shape }) => of !== undefined && sizeOf(shape) <= most)
    this.#parameters = [...new Set(shown.map(({ of }) => of!))]
    this.#kept = new Set([...this.#parameters, ...shown.map(({ name }) => name)])
    this.#gradientOf = optimiser.gradientOf
  }

  /** What has to be kept of the state before a step. */
  keep(state: State): void {
    this.#before = Object.fromEntries(Object.entries(state).filter(([name]) => this.#kept.has(name)))
  }

  /** Whether a state was kept, and no step has moved it since. */
  get isDue(): boolean {
    return this.#before !== undefined && this.#gradientOf !== undefined
  }

  /** The tensors of the state that are held in memory. */
  get held(): string[] {
    return Object.keys(this.#before ?? {})
  }

  /** The gradients of the step that has moved the state that was kept, which is let go. */
  take(after: State): (readonly [parameter: string, gradient: Float32Array])[] {
    const before = this.#before!
    this.#before = undefined
    return this.#parameters.map(name => [name, this.#gradientOf!(name, before, after)] as const)
  }
}
