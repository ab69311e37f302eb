import type { Scalar } from '@tensorflow/tfjs-core'
import { momentumUpdate } from '@tiny-face/tfjs-compiler'
import type { Initialiser } from '../initialise.js'
import { constant } from '../initialise.js'
import type { NamedTensors } from './objective.js'

/** A tensor that an optimiser keeps from step to step: a velocity, a count. */
export interface OptimiserVariable {
  readonly name: string
  readonly shape: readonly number[]
  readonly initialise: Initialiser
}

export interface Updated {
  readonly parameters: NamedTensors
  readonly state: NamedTensors
}

/** How gradients move parameters: a value with two pure functions, and no state of its own. */
export interface Optimiser {
  /** What it keeps for these parameters; the names are its own and none of theirs. */
  readonly init: (parameters: readonly { name: string; shape: readonly number[] }[]) => OptimiserVariable[]
  /** All by name: the parameters, their gradients in the same shapes, and what `init` asked for. */
  readonly update: (
    parameters: Readonly<NamedTensors>,
    gradients: Readonly<NamedTensors>,
    state: Readonly<NamedTensors>,
    learningRate: Scalar,
  ) => Updated
}

export interface MomentumOptions {
  /** The share of the velocity that stays. */
  readonly momentum: number
  /** Times the parameter is added to its gradient: of every parameter alike. */
  readonly weightDecay: number
}

/** Stochastic gradient descent with momentum and weight decay, as PyTorch's SGD; keeps `velocity/NAME` for each parameter. */
export function momentum(options: MomentumOptions): Optimiser {
  return {
    init: parameters =>
      parameters.map(({ name, shape }) => ({ name: `velocity/${name}`, shape, initialise: constant(0) })),
    update(parameters, gradients, state, learningRate) {
      const updated: Updated = { parameters: {}, state: {} }
      for (const [name, before] of Object.entries(parameters)) {
        const velocityName = `velocity/${name}`
        const after = momentumUpdate(before, state[velocityName]!, gradients[name]!, learningRate, options)
        updated.parameters[name] = after.parameter
        updated.state[velocityName] = after.velocity
      }
      return updated
    },
  }
}
