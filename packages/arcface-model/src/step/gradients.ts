import type { Scalar, Tensor } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { detach } from '@tiny-face/tfjs-compiler'
import type { Evaluation, NamedTensors, Objective } from './objective.js'

export interface Gradients extends Evaluation {
  /** Of the loss by each parameter, by its name and in its shape. */
  readonly gradients: NamedTensors
}

/**
 * An objective's value for a batch, and the gradients of its loss by every parameter.
 *
 * @param variables parameters and running statistics, by name
 */
export function gradientsOf(
  objective: Objective,
  variables: Readonly<NamedTensors>,
  batch: Readonly<NamedTensors>,
): Gradients {
  const parameters = objective.variables.filter(({ kind }) => kind === 'parameter').map(({ name }) => name)
  const auxiliaries = new Auxiliaries()
  try {
    let evaluation: Evaluation | undefined
    const lossOf = (...values: Tensor[]): Scalar => {
      const given = Object.fromEntries(parameters.map((name, i) => [name, values[i]!]))
      evaluation = objective.evaluate({ ...variables, ...given }, batch)
      auxiliaries.hold(evaluation.accuracy)
      for (const { value } of evaluation.statistics.values()) auxiliaries.hold(value)
      return evaluation.loss
    }
    const { value: loss, grads } = tf.valueAndGrads(lossOf)(parameters.map(name => variables[name]!))
    const { accuracy, statistics } = evaluation!
    return {
      loss,
      accuracy: auxiliaries.release(accuracy),
      statistics: new Map(
        [...statistics].map(([name, statistic]) => [
          name,
          { ...statistic, value: auxiliaries.release(statistic.value) },
        ]),
      ),
      gradients: Object.fromEntries(parameters.map((name, i) => [name, grads[i]!])),
    }
  } finally {
    auxiliaries.dispose()
  }
}

/**
 * Takes tensors out of a differentiated function: tfjs disposes all that such a function made except its result. They are
 * kept until the function is done, then handed to the caller's scope.
 */
class Auxiliaries {
  readonly #held = new Set<Tensor>()

  hold(tensor: Tensor): void {
    this.#held.add(tf.keep(tensor))
  }

  /** The same values as a tensor of the current scope. */
  release<T extends Tensor>(tensor: T): T {
    return detach(tensor)
  }

  dispose(): void {
    for (const tensor of this.#held) tensor.dispose()
  }
}
