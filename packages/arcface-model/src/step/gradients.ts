import { valueGradsAndAuxiliaries } from '@tiny-face/tfjs-compiler'
import type { Evaluation, NamedTensors, Objective } from './objective.js'
import type { BatchStatistic } from './running-statistics.js'

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
  let measured: Evaluation['statistics'] = new Map()
  const { value, grads, auxiliaries } = valueGradsAndAuxiliaries<string>(
    (...values) => {
      const given = Object.fromEntries(parameters.map((name, i) => [name, values[i]!]))
      const { loss, accuracy, statistics } = objective.evaluate({ ...variables, ...given }, batch)
      measured = statistics
      const batchValues = [...statistics].map(([name, statistic]) => [measurement(name), statistic.value] as const)
      return { loss, auxiliaries: { accuracy, ...Object.fromEntries(batchValues) } }
    },
    parameters.map(name => variables[name]!),
  )
  // What was measured within is disposed by now; the auxiliaries hold its values.
  const outside = ([name, statistic]: [string, BatchStatistic]): [string, BatchStatistic] => [
    name,
    { ...statistic, value: auxiliaries[measurement(name)]! },
  ]
  return {
    loss: value,
    accuracy: auxiliaries.accuracy as Evaluation['accuracy'],
    statistics: new Map([...measured].map(outside)),
    gradients: Object.fromEntries(parameters.map((name, i) => [name, grads[i]!])),
  }
}

const measurement = (statistic: string) => `statistic/${statistic}`
