import type { Scalar } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { momentumUpdate } from '@tiny-face/tfjs-compiler'
import type { Initialiser } from '../initialise.js'
import { constant } from '../initialise.js'
import type { NamedTensors } from './objective.js'

/** A tensor that an optimiser keeps from step to step: a velocity, a count. */
export interface OptimiserVariable {
  readonly name: string
  readonly shape: readonly number[]
  readonly initialise: Initialiser
  /** The parameter whose shape it has, and with whose rows it comes and goes where only some are trained in a step. */
  readonly of?: string
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
  /**
   * The gradient that a step moved a parameter by, after clipping, out of the states before and after it: what a histogram shows, so that
   * no step needs to give its gradients back.
   */
  readonly gradientOf?: (parameter: string, before: Readonly<Values>, after: Readonly<Values>) => Float32Array
}

type Values = Record<string, Float32Array>

/** What may differ from parameter to parameter. */
export interface ParameterOptions {
  /** Times the parameter is taken off it in a step, beside its gradient; for all alike, or by name. */
  readonly weightDecay: number | ((parameter: string) => number)
  /** What the learning rate is multiplied by, by name; 1 where left out. */
  readonly rate?: (parameter: string) => number
}

export interface MomentumOptions extends ParameterOptions {
  /** The share of the velocity that stays. */
  readonly momentum: number
}

/** Stochastic gradient descent with momentum and weight decay, as PyTorch's SGD; keeps `velocity/NAME` for each parameter. */
export function momentum(options: MomentumOptions): Optimiser {
  const velocity = (name: string) => `velocity/${name}`
  return {
    init: parameters => parameters.map(({ name, shape }) => zeros(velocity(name), name, shape)),
    update(parameters, gradients, state, learningRate) {
      const updated: Updated = { parameters: {}, state: {} }
      const rateOf = rates(options, learningRate)
      for (const [name, before] of Object.entries(parameters)) {
        const after = momentumUpdate(before, state[velocity(name)]!, gradients[name]!, rateOf(name), {
          momentum: options.momentum,
          weightDecay: decayOf(options, name),
        })
        updated.parameters[name] = after.parameter
        updated.state[velocity(name)] = after.velocity
      }
      return updated
    },
    gradientOf(name, before, after) {
      const [old, decay, parameter] = [before[velocity(name)]!, decayOf(options, name), before[name]!]
      return after[velocity(name)]!.map((now, i) => now - options.momentum * old[i]! - decay * parameter[i]!)
    },
  }
}

export interface AdamOptions extends ParameterOptions {
  /** The shares of the mean and of the mean square that stay, β1 and β2. */
  readonly betas: readonly [number, number]
  readonly epsilon: number
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, arXiv:1711.05101, algorithm 2), as PyTorch's AdamW. Keeps `mean/NAME` and
 * `square/NAME` for each parameter, and β1 and β2 to the power of the steps done, `adam/beta1` and `adam/beta2`.
 */
export function adamW(options: AdamOptions): Optimiser {
  const [beta1, beta2] = options.betas
  const [mean, square] = [(name: string) => `mean/${name}`, (name: string) => `square/${name}`]
  const POWERS = ['adam/beta1', 'adam/beta2'] as const
  return {
    init: parameters => [
      ...POWERS.map(name => ({ name, shape: [], initialise: constant(1) })),
      ...parameters.flatMap(({ name, shape }) => [mean, square].map(kept => zeros(kept(name), name, shape))),
    ],
    update(parameters, gradients, state, learningRate) {
      const powers = [tf.mul(state[POWERS[0]]!, beta1), tf.mul(state[POWERS[1]]!, beta2)] as const
      const updated: Updated = {
        parameters: {},
        state: Object.fromEntries(POWERS.map((name, i) => [name, powers[i]!])),
      }
      const rateOf = rates(options, learningRate)
      // What starts at 0 is too small at first: both means are divided by the share that they have seen.
      const [seen1, seen2] = powers.map(power => tf.sub(1, power)) as [Scalar, Scalar]
      for (const [name, before] of Object.entries(parameters)) {
        const gradient = gradients[name]!
        const rate = rateOf(name)
        const first = tf.add(tf.mul(state[mean(name)]!, beta1), tf.mul(gradient, 1 - beta1))
        const second = tf.add(tf.mul(state[square(name)]!, beta2), tf.mul(tf.square(gradient), 1 - beta2))
        const deviation = tf.add(tf.sqrt(tf.div(second, seen2)), options.epsilon)
        const decayed = tf.mul(before, tf.sub(1, tf.mul(rate, decayOf(options, name))))
        updated.parameters[name] = tf.sub(decayed, tf.mul(tf.div(first, deviation), tf.div(rate, seen1)))
        updated.state[mean(name)] = first
        updated.state[square(name)] = second
      }
      return updated
    },
    gradientOf(name, before, after) {
      const old = before[mean(name)]!
      return after[mean(name)]!.map((now, i) => (now - beta1 * old[i]!) / (1 - beta1))
    },
  }
}

const zeros = (name: string, of: string, shape: readonly number[]): OptimiserVariable => ({
  name,
  shape,
  initialise: constant(0),
  of,
})

const decayOf = ({ weightDecay }: ParameterOptions, name: string): number =>
  typeof weightDecay === 'number' ? weightDecay : weightDecay(name)

/** One tensor a rate, so that a target can update all parameters of a rate together. */
function rates({ rate = () => 1 }: ParameterOptions, learningRate: Scalar): (parameter: string) => Scalar {
  const known = new Map<number, Scalar>([[1, learningRate]])
  return name => {
    const factor = rate(name)
    const scaled = known.get(factor) ?? (tf.mul(learningRate, factor) as Scalar)
    known.set(factor, scaled)
    return scaled
  }
}
