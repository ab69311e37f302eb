import * as tf from '@tensorflow/tfjs-core'
import { batchNormTraining, prelu } from '@tiny-face/tfjs-compiler'
import type { Initialiser } from './initialise.js'
import { constant, uniformFanIn, uniformXavier } from './initialise.js'

/** What a network needs to be given: its trained parameters, and the running statistics of its batch norms. */
export interface Variable {
  readonly name: string
  readonly kind: 'parameter' | 'statistic'
  readonly shape: readonly number[]
  readonly initialise: Initialiser
}

/** A batch norm's statistics of this batch, by the names of the running ones they are to move. */
export interface BatchStatistic {
  readonly value: tf.Tensor
  /** The number of values that the statistic was taken over. */
  readonly over: number
}

export interface ConvolutionShape {
  filters: number
  /** Height and width. */
  kernel: number
  stride?: number
  /** Rows and columns of zeros on each side. */
  padding?: number
}

/**
 * Where a network's layers find their variables, by name. A network is a plain function of a scope and images, so it runs
 * eagerly on any tfjs backend and traces the same way; what differs (training or not, declaring or given) is the scope's.
 */
export class Scope {
  readonly training: boolean
  /** What the batch norms measured, when training. */
  readonly batchStatistics = new Map<string, BatchStatistic>()
  readonly #lookup: (variable: Variable) => tf.Tensor

  constructor(training: boolean, lookup: (variable: Variable) => tf.Tensor) {
    this.training = training
    this.#lookup = lookup
  }

  /** A trained parameter. */
  parameter<T extends tf.Tensor>(name: string, shape: readonly number[], initialise: Initialiser): T {
    return this.#lookup({ name, kind: 'parameter', shape, initialise }) as T
  }

  /** `[batch, height, width, channels]` to `[batch, height', width', filters]`, without a bias. */
  convolution(
    name: string,
    x: tf.Tensor4D,
    { filters, kernel, stride = 1, padding = 0 }: ConvolutionShape,
  ): tf.Tensor4D {
    const shape = [kernel, kernel, x.shape[3], filters]
    const filter = this.parameter<tf.Tensor4D>(`${name}/filter`, shape, uniformFanIn(kernel * kernel * x.shape[3]))
    return tf.conv2d(x, filter, stride, padding, 'NHWC', 1, 'floor')
  }

  /** One filter a channel: `[batch, height, width, channels]` to `[batch, height', width', channels]`. */
  depthwise(
    name: string,
    x: tf.Tensor4D,
    { kernel, stride = 1, padding = 0 }: Omit<ConvolutionShape, 'filters'>,
  ): tf.Tensor4D {
    const shape = [kernel, kernel, x.shape[3], 1]
    const filter = this.parameter<tf.Tensor4D>(`${name}/filter`, shape, uniformFanIn(kernel * kernel))
    return tf.depthwiseConv2d(x, filter, stride, padding, 'NHWC', 1, 'floor')
  }

  /** Batch norm over all axes but the last: of the batch when training, of the running statistics otherwise. */
  batchNorm<T extends tf.Tensor4D | tf.Tensor2D>(name: string, x: T, epsilon = 1e-5): T {
    const channels = [x.shape.at(-1)!]
    const scale = this.parameter<tf.Tensor1D>(`${name}/scale`, channels, constant(1))
    const offset = this.parameter<tf.Tensor1D>(`${name}/offset`, channels, constant(0))
    const mean = this.#statistic(`${name}/mean`, channels, constant(0))
    const variance = this.#statistic(`${name}/variance`, channels, constant(1))
    if (!this.training) return tf.batchNorm(x, mean, variance, offset, scale, epsilon) as T
    const measured = batchNormTraining(x, scale, offset, epsilon)
    const over = x.size / channels[0]!
    this.batchStatistics.set(`${name}/mean`, { value: tf.keep(measured.mean), over })
    this.batchStatistics.set(`${name}/variance`, { value: tf.keep(measured.variance), over })
    return measured.y as T
  }

  /** PReLU with a slope a channel, 0.25 at first. */
  prelu(name: string, x: tf.Tensor4D): tf.Tensor4D {
    return prelu(x, this.parameter<tf.Tensor1D>(`${name}/slope`, [x.shape[3]], constant(0.25))) as tf.Tensor4D
  }

  /** `[batch, inputs]` to `[batch, units]`, with a bias. */
  dense(name: string, x: tf.Tensor2D, units: number): tf.Tensor2D {
    const weights = this.parameter<tf.Tensor2D>(
      `${name}/weights`,
      [x.shape[1], units],
      uniformXavier(x.shape[1], units),
    )
    const bias = this.parameter<tf.Tensor1D>(`${name}/bias`, [units], constant(0))
    return tf.add(tf.matMul(x, weights), bias)
  }

  #statistic(name: string, shape: readonly number[], initialise: Initialiser): tf.Tensor1D {
    return this.#lookup({ name, kind: 'statistic', shape, initialise }) as tf.Tensor1D
  }
}
