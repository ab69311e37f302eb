import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { cleanGraph, detach, type Graph, momentumUpdate, movingAverage, trace } from '@tiny-face/tfjs-compiler'
import { arcface, type Margin } from './arcface-head.js'
import { randomOf } from './initialise.js'
import type { Network } from './networks/network.js'
import { Scope, type Variable } from './scope.js'

/** The share of the running statistics that a batch leaves as they were (PyTorch's momentum of 0.1). */
const STATISTICS_DECAY = 0.9

export interface StepShape {
  readonly network: Network
  readonly batchSize: number
  readonly classes: number
  readonly margin: Margin
  readonly momentum: number
  readonly weightDecay: number
  /** Defaults to the network's own. */
  readonly embeddingSize?: number
  /** Height and width of the images; defaults to the network's own. */
  readonly size?: number
}

/** One training step as a function: named inputs and state to named outputs and new state. */
export interface TrainingStep {
  readonly variables: readonly Variable[]
  /** The state, in tfjs's own layout: each variable, and for each parameter `velocity/NAME`. */
  readonly state: ReadonlyMap<string, readonly number[]>
  readonly inputs: Record<string, { shape: number[]; dtype: 'float32' | 'int32' }>
  /** Runs on any tfjs backend; outputs `loss`, `accuracy` and `next/NAME` for each name of the state. */
  readonly run: (inputs: Record<string, Tensor>) => Record<string, Tensor>
}

/**
 * Forward, ArcFace loss, gradients by tfjs, weight decay and momentum (PyTorch's SGD), and the running statistics.
 *
 * Inputs: `images` `[batch, size, size, 3]` preprocessed, `labels` int32 `[batch]`, `learningRate` scalar, and the state.
 */
export function trainingStep(shape: StepShape): TrainingStep {
  const { network, batchSize, classes, momentum, weightDecay } = shape
  const size = shape.size ?? network.size
  const embeddingSize = shape.embeddingSize ?? network.embeddingSize
  const images = { shape: [batchSize, size, size, 3], dtype: 'float32' as const }
  const labels = { shape: [batchSize], dtype: 'int32' as const }

  const objective = (net: Scope, batch: Record<string, Tensor>) =>
    arcface(
      net,
      network.embed(net, batch.images as Tensor4D, embeddingSize),
      batch.labels as Tensor1D,
      classes,
      shape.margin,
    )

  const variables = declare(net =>
    objective(net, { images: tf.zeros(images.shape), labels: tf.zeros(labels.shape, 'int32') }),
  )
  const parameters = variables.filter(({ kind }) => kind === 'parameter')
  const state = new Map(variables.map(({ name, shape }) => [name, shape]))
  for (const { name, shape } of parameters) state.set(`velocity/${name}`, shape)

  const run = (inputs: Record<string, Tensor>): Record<string, Tensor> => {
    const outputs: Record<string, Tensor> = {}
    const statistics: Scope['batchStatistics'] = new Map()
    const lossOf = (...values: Tensor[]): tf.Scalar => {
      const given = new Map(parameters.map(({ name }, i) => [name, values[i]!]))
      const inner = new Scope(true, ({ name }) => given.get(name) ?? inputs[name]!)
      const { loss, accuracy } = objective(inner, inputs)
      outputs.accuracy = accuracy
      for (const [name, statistic] of inner.batchStatistics) statistics.set(name, statistic)
      return loss
    }
    const { value, grads } = tf.valueAndGrads(lossOf)(parameters.map(({ name }) => inputs[name]!))
    outputs.loss = value
    for (const [i, { name }] of parameters.entries()) {
      const rate = inputs.learningRate as tf.Scalar
      const { parameter, velocity } = momentumUpdate(inputs[name]!, inputs[`velocity/${name}`]!, grads[i]!, rate, {
        momentum,
        weightDecay,
      })
      outputs[`next/${name}`] = parameter
      outputs[`next/velocity/${name}`] = velocity
    }
    for (const [name, { value, over }] of statistics) {
      const correction = name.endsWith('/variance') ? over / (over - 1) : 1
      outputs[`next/${name}`] = movingAverage(inputs[name]!, detach(value), STATISTICS_DECAY, correction)
    }
    return outputs
  }
  const inputs: TrainingStep['inputs'] = { images, labels, learningRate: { shape: [], dtype: 'float32' } }
  for (const [name, extents] of state) inputs[name] = { shape: [...extents], dtype: 'float32' }
  return { variables, state, inputs, run }
}

/** The step as a cleaned graph. */
export function traceTrainingStep(step: TrainingStep): Graph {
  return cleanGraph(trace(step.run, step.inputs))
}

/** The state before the first step: a function of the seed and each variable's name alone. */
export function initialState(step: TrainingStep, seed: number): Record<string, Float32Array> {
  const state: Record<string, Float32Array> = {}
  for (const [name, shape] of step.state) state[name] = new Float32Array(tf.util.sizeFromShape([...shape]))
  for (const { name, shape, initialise } of step.variables) {
    state[name] = initialise(tf.util.sizeFromShape([...shape]), randomOf(seed, name))
  }
  return state
}

/** The variables that a function of a scope asks for, in the order in which it does; nothing is computed. */
export function declare(build: (net: Scope) => unknown): Variable[] {
  const variables = new Map<string, Variable>()
  trace(() => {
    build(
      new Scope(true, variable => {
        if (variables.has(variable.name)) throw new Error(`two variables are called ${variable.name}`)
        variables.set(variable.name, variable)
        return tf.zeros([...variable.shape])
      }),
    )
    return {}
  }, {})
  return [...variables.values()]
}
