import type { Scalar } from '@tensorflow/tfjs-core'
import { type Program, sizeOf, type TensorType } from '@tiny-face/tfjs-compiler'
import { type Initialiser, randomOf } from '../initialise.js'
import type { Variable } from '../scope.js'
import { clip } from './clip-gradients.js'
import { gradientsOf } from './gradients.js'
import type { NamedTensors, Objective } from './objective.js'
import type { Optimiser } from './optimiser.js'
import { moveStatistics } from './running-statistics.js'
import { gradientsOverRanks, type SharedStep, statisticsOverRanks } from './shared-step.js'

/** A program that knows how its state begins. */
export interface Step extends Program {
  /** Each state or constant of the program, in the order of its inputs. */
  readonly variables: readonly StepVariable[]
  /** What goes in and comes back as `next/NAME` like a state, but is kept by the caller. */
  readonly outside: readonly StepVariable[]
  /** The parameters that it measures the gradients of, in the order of `squaredNorms`. */
  readonly parameters: readonly string[]
}

export interface StepVariable {
  readonly name: string
  readonly shape: readonly number[]
  readonly initialise: Initialiser
  /** The parameter that an optimiser keeps it for. */
  readonly of?: string
}

export interface StepOptions {
  /** The global norm above which gradients are scaled down to it. */
  readonly clip?: number | undefined
  /** Parameters that, with what the optimiser keeps for them, are inputs and outputs instead of state: rows of a larger table, say. */
  readonly outside?: (parameter: string) => boolean
  /** Where ranks of a job share the step. */
  readonly shared?: SharedStep | undefined
}

/**
 * One training step: forward, gradients, the optimiser's update, and the running statistics.
 *
 * Inputs are the objective's batch, `learningRate` (a scalar), and the state: the objective's variables and what the optimiser keeps.
 * Outputs are `loss`, `accuracy`, `gradientNorm`, `squaredNorms` (of each parameter's gradient, before clipping), and `next/NAME` for each
 * state. Where the loss or a gradient is not finite the state stays as it was.
 */
export function trainingStep(
  objective: Objective,
  optimiser: Optimiser,
  { clip: limit, outside = () => false, shared }: StepOptions = {},
): Step {
  const { parameters, statistics } = byKind(objective)
  const kept = optimiser.init(parameters)
  return {
    ...program(objective, [...parameters, ...statistics, ...kept], {
      inputs: { ...objective.inputs, learningRate: SCALAR },
      isOutside: ({ name, of = name }) => outside(of),
    }),
    guards: ['loss', 'gradientNorm'],
    run(inputs) {
      const { loss, accuracy, ...own } = gradientsOf(objective, inputs, inputs)
      const gradients = shared ? gradientsOverRanks(own.gradients, shared) : own.gradients
      const measured = shared ? statisticsOverRanks(own.statistics, shared) : own.statistics
      const { gradients: clipped, norm, squaredNorms } = clip(gradients, limit, shared)
      const rate = inputs.learningRate as Scalar
      const updated = optimiser.update(pick(inputs, parameters), clipped, pick(inputs, kept), rate)
      const moved = moveStatistics(pick(inputs, statistics), measured)
      const nextValues = next({ ...updated.parameters, ...moved, ...updated.state })
      return { loss, accuracy, gradientNorm: norm, squaredNorms, ...nextValues }
    },
  }
}

/**
 * The first half of a training step: gradients as outputs `gradient/NAME`, beside `loss` and `accuracy`. The parameters are constants; the
 * running statistics come in, and go out as `next/NAME`, for only after the last part of a batch it is known whether the batch is taken. What
 * comes between the halves is the caller's: accumulation, clipping, an exchange with others.
 */
export function gradientsProgram(objective: Objective, { shared }: Pick<StepOptions, 'shared'> = {}): Step {
  const { parameters, statistics: running } = byKind(objective)
  return {
    ...program(objective, running, { inputs: objective.inputs, constants: parameters, isOutside: () => true }),
    run(inputs) {
      const { loss, accuracy, statistics, gradients } = gradientsOf(objective, inputs, inputs)
      const measured = shared ? statisticsOverRanks(statistics, shared) : statistics
      const outputs = Object.entries(gradients).map(([name, gradient]) => [`gradient/${name}`, gradient] as const)
      const moved = moveStatistics(pick(inputs, running), measured)
      return { loss, accuracy, ...Object.fromEntries(outputs), ...next(moved) }
    },
  }
}

/**
 * The second half: the parameters, and what the optimiser keeps, moved by `gradient/NAME` and `learningRate`. Outputs are `gradientNorm`
 * and `squaredNorms`; where they are not finite nothing is moved.
 */
export function updateProgram(
  objective: Objective,
  optimiser: Optimiser,
  { clip: limit, outside = () => false, shared }: StepOptions = {},
): Step {
  const { parameters } = byKind(objective)
  const kept = optimiser.init(parameters)
  const gradients = parameters.map(({ name, shape }) => [`gradient/${name}`, { shape, dtype: 'float32' }] as const)
  return {
    ...program({ variables: parameters }, [...parameters, ...kept], {
      inputs: { ...Object.fromEntries(gradients), learningRate: SCALAR },
      isOutside: ({ name, of = name }) => outside(of),
    }),
    guards: ['gradientNorm'],
    run(inputs) {
      const given = Object.fromEntries(parameters.map(({ name }) => [name, inputs[`gradient/${name}`]!]))
      const gradients = shared ? gradientsOverRanks(given, shared) : given
      const { gradients: clipped, norm, squaredNorms } = clip(gradients, limit, shared)
      const rate = inputs.learningRate as Scalar
      const updated = optimiser.update(pick(inputs, parameters), clipped, pick(inputs, kept), rate)
      return { gradientNorm: norm, squaredNorms, ...next({ ...updated.parameters, ...updated.state }) }
    },
  }
}

/** The state before the first step: a function of the seed and each variable's name alone. */
export function initialState({ variables }: Pick<Step, 'variables'>, seed: number): Record<string, Float32Array> {
  return Object.fromEntries(
    variables.map(({ name, shape, initialise }) => [name, initialise(sizeOf(shape), randomOf(seed, name))]),
  )
}

const SCALAR: TensorType = { shape: [], dtype: 'float32' }

interface ProgramShape {
  /** What is neither a variable nor kept. */
  readonly inputs: Readonly<Record<string, TensorType>>
  /** Variables that this program does not move, beside the objective's own constants. */
  readonly constants?: readonly StepVariable[]
  readonly isOutside?: (variable: StepVariable) => boolean
}

/** A program that moves variables: as state, but for those that are outside. */
function program(
  objective: Pick<Objective, 'variables'>,
  moved: readonly StepVariable[],
  { inputs, constants = [], isOutside = () => false }: ProgramShape,
): Omit<Step, 'run'> {
  const outside = moved.filter(isOutside)
  const state = moved.filter(variable => !isOutside(variable))
  const fixed = [...constants, ...byKind(objective).constants]
  const variables = [...state, ...fixed]
  return {
    variables,
    outside,
    parameters: byKind(objective).parameters.map(({ name }) => name),
    inputs: {
      ...inputs,
      ...Object.fromEntries(
        [...variables, ...outside].map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }]),
      ),
    },
    state: new Map(state.map(({ name }) => [name, `next/${name}`])),
    constants: fixed.map(({ name }) => name),
  }
}

function byKind({
  variables,
}: Pick<Objective, 'variables'>): Record<'parameters' | 'statistics' | 'constants', Variable[]> {
  const of = (wanted: Variable['kind']) => variables.filter(({ kind }) => kind === wanted)
  return { parameters: of('parameter'), statistics: of('statistic'), constants: of('constant') }
}

function pick(tensors: Readonly<NamedTensors>, variables: readonly { name: string }[]): NamedTensors {
  return Object.fromEntries(variables.map(({ name }) => [name, tensors[name]!]))
}

function next(tensors: Readonly<NamedTensors>): NamedTensors {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [`next/${name}`, tensor]))
}
