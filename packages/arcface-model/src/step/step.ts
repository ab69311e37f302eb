import type { Scalar } from '@tensorflow/tfjs-core'
import type { Program, TensorType } from '@tiny-face/tfjs-compiler'
import { type Initialiser, randomOf } from '../initialise.js'
import type { Variable } from '../scope.js'
import { gradientsOf } from './gradients.js'
import type { NamedTensors, Objective } from './objective.js'
import type { Optimiser } from './optimiser.js'
import { moveStatistics } from './statistics.js'

/** A program that knows how its state begins. */
export interface Step extends Program {
  /** Each state or constant of the program, in the order of its inputs. */
  readonly variables: readonly { name: string; shape: readonly number[]; initialise: Initialiser }[]
}

/**
 * One training step: forward, gradients, the optimiser's update, and the running statistics.
 *
 * Inputs are the objective's batch, `learningRate` (a scalar), and the state: the objective's variables and what the optimiser keeps.
 * Outputs are `loss`, `accuracy`, and `next/NAME` for each state.
 */
export function trainingStep(objective: Objective, optimiser: Optimiser): Step {
  const { parameters, statistics } = byKind(objective)
  const kept = optimiser.init(parameters)
  return {
    ...program([...objective.variables, ...kept], [], { ...objective.inputs, learningRate: SCALAR }),
    run(inputs) {
      const { loss, accuracy, statistics: measured, gradients } = gradientsOf(objective, inputs, inputs)
      const updated = optimiser.update(
        pick(inputs, parameters),
        gradients,
        pick(inputs, kept),
        inputs.learningRate as Scalar,
      )
      const moved = moveStatistics(pick(inputs, statistics), measured)
      return { loss, accuracy, ...next({ ...updated.parameters, ...moved, ...updated.state }) }
    },
  }
}

/**
 * The first half of a training step: gradients as outputs `gradient/NAME`, beside `loss` and `accuracy`. The running statistics are its
 * state, the parameters are constants. What comes between the halves is the caller's: accumulation, clipping, an exchange with others.
 */
export function gradientsProgram(objective: Objective): Step {
  const { parameters, statistics } = byKind(objective)
  return {
    ...program(statistics, parameters, objective.inputs),
    run(inputs) {
      const { loss, accuracy, statistics: measured, gradients } = gradientsOf(objective, inputs, inputs)
      const outputs = Object.entries(gradients).map(([name, gradient]) => [`gradient/${name}`, gradient] as const)
      const moved = moveStatistics(pick(inputs, statistics), measured)
      return { loss, accuracy, ...Object.fromEntries(outputs), ...next(moved) }
    },
  }
}

/** The second half: the parameters, and what the optimiser keeps, moved by `gradient/NAME` and `learningRate`. */
export function updateProgram(objective: Objective, optimiser: Optimiser): Step {
  const { parameters } = byKind(objective)
  const kept = optimiser.init(parameters)
  const gradients = parameters.map(({ name, shape }) => [`gradient/${name}`, { shape, dtype: 'float32' }] as const)
  return {
    ...program([...parameters, ...kept], [], { ...Object.fromEntries(gradients), learningRate: SCALAR }),
    run(inputs) {
      const given = Object.fromEntries(parameters.map(({ name }) => [name, inputs[`gradient/${name}`]!]))
      const rate = inputs.learningRate as Scalar
      const updated = optimiser.update(pick(inputs, parameters), given, pick(inputs, kept), rate)
      return next({ ...updated.parameters, ...updated.state })
    },
  }
}

/** The state before the first step: a function of the seed and each variable's name alone. */
export function initialState({ variables }: Pick<Step, 'variables'>, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    variables.map(({ name, shape, initialise }) => [
      name,
      initialise(
        shape.reduce((product, extent) => product * extent, 1),
        randomOf(seed, name),
      ),
    ]),
  )
}

const SCALAR: TensorType = { shape: [], dtype: 'float32' }

function program(
  state: Step['variables'],
  constants: Step['variables'],
  inputs: Readonly<Record<string, TensorType>>,
): Omit<Step, 'run'> {
  const variables = [...state, ...constants]
  return {
    variables,
    inputs: {
      ...inputs,
      ...Object.fromEntries(variables.map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }])),
    },
    state: new Map(state.map(({ name }) => [name, `next/${name}`])),
    constants: constants.map(({ name }) => name),
  }
}

function byKind({ variables }: Objective): Record<'parameters' | 'statistics', Variable[]> {
  return {
    parameters: variables.filter(({ kind }) => kind === 'parameter'),
    statistics: variables.filter(({ kind }) => kind === 'statistic'),
  }
}

function pick(tensors: Readonly<NamedTensors>, variables: readonly { name: string }[]): NamedTensors {
  return Object.fromEntries(variables.map(({ name }) => [name, tensors[name]!]))
}

function next(tensors: Readonly<NamedTensors>): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`next/${name}`, tensor]))
}
