import * as tf from '@tensorflow/tfjs-core'
import { batchNormOverRanks, batchNormTraining, dropout, type Place, prelu } from '@tiny-face/tfjs-compiler'
import type { Initialiser } from './initialise.js'
import { constant, uniformFanIn, uniformXavier } from './initialise.js'
import { type BatchStatistic, batchNormStatistics } from './step/running-statistics.js'

/** What a network needs to be given: its trained parameters, its running statistics, and what of both stays as it is. */
export interface Variable {
  readonly name: string
  readonly kind: 'parameter' | 'statistic' | 'constant'
  readonly shape: readonly number[]
  readonly initialise: Initialiser
}

export interface ConvolutionShape {
  filters: number
  /** Height and width. */
  kernel: number
  stride?: number
  /** Rows and columns of zeros on each side. */
  padding?: number
  /** Uniform within 1 / sqrt(fan in) where left out. */
  initialise?: Initialiser
}

export interface BatchNormOptions {
  epsilon?: number
  /** A scale of 1 that is not trained, and no variable. */
  fixedScale?: boolean
}

export interface ScopeOptions {
  readonly training: boolean
  readonly lookup: (variable: Variable) => tf.Tensor
  /** The share of values that dropout sets to 0 while training; none where left out. */
  readonly dropout?: number | undefined
  /** What decides which: an int32 scalar from 0 to 2^31 - 1, another one for each step. */
  readonly random?: tf.Scalar | undefined
  /** Batch norms use their running statistics while training too, and leave them as they are. */
  readonly freezeStatistics?: boolean | undefined
  /** Batch norms measure the batches of all ranks of a job together, while training. */
  readonly synchronise?: Place | undefined
}

/**
 * Where a network's layers find their variables, by name. A network is a plain function of a scope and images, so it runs
 * eagerly on any tfjs backend and traces the same way; what differs (training or not, declaring or given) is the scope's.
 */
export class Scope {
  readonly training: boolean
  readonly #options: ScopeOptions
  readonly #measured = new Map<string, BatchStatistic>()
  #dropouts = 0

  constructor(options: ScopeOptions) {
    this.training = options.training
    this.#options = options
  }

  /** What was measured for the running statistics, by their names, when training. */
  get measured(): ReadonlyMap<string, BatchStatistic> {
    return this.#measured
  }

  /** How many times something was dropped out. */
  get dropouts(): number {
    return this.#dropouts
  }

  /** A trained parameter. */
  parameter<T extends tf.Tensor>(name: string, shape: readonly number[], initialise: Initialiser): T {
    return this.#options.lookup({ name, kind: 'parameter', shape, initialise }) as T
  }

  /** A running statistic: what `measure` follows, batch by batch. */
  statistic<T extends tf.Tensor>(name: string, shape: readonly number[], initialise: Initialiser): T {
    return this.#options.lookup({ name, kind: 'statistic', shape, initialise }) as T
  }

  /** Says what a batch's value of a running statistic is. No gradient flows through it. */
  measure(name: string, statistic: BatchStatistic): void {
    this.#measured.set(name, statistic)
  }

  /** `[batch, height, width, channels]` to `[batch, height', width', filters]`, without a bias. */
  convolution(
    name: string,
    x: tf.Tensor4D,
    { filters, kernel, stride = 1, padding = 0, initialise }: ConvolutionShape,
  ): tf.Tensor4D {
    const shape = [kernel, kernel, x.shape[3], filters]
    const first = initialise ?? uniformFanIn(kernel * kernel * x.shape[3])
    const filter = this.parameter<tf.Tensor4D>(`${name}/filter`, shape, first)
    return tf.conv2d(x, filter, stride, padding, 'NHWC', 1, 'floor')
  }

  /** One filter a channel: `[batch, height, width, channels]` to `[batch, height', width', channels]`. */
  depthwise(
    name: string,
    x: tf.Tensor4D,
    { kernel, stride = 1, padding = 0, initialise = uniformFanIn(kernel * kernel) }: Omit<ConvolutionShape, 'filters'>,
  ): tf.Tensor4D {
    const shape = [kernel, kernel, x.shape[3], 1]
    const filter = this.parameter<tf.Tensor4D>(`${name}/filter`, shape, initialise)
    return tf.depthwiseConv2d(x, filter, stride, padding, 'NHWC', 1, 'floor')
  }

  /** Batch norm over all axes but the last: of the batch when training, of the running statistics otherwise. */
  batchNorm<T extends tf.Tensor4D | tf.Tensor2D>(
    name: string,
    x: T,
    { epsilon = 1e-5, fixedScale = false }: BatchNormOptions = {},
  ): T {
    const channels = [x.shape.at(-1)!]
    const scale = fixedScale
      ? tf.ones<tf.Rank.R1>(channels as [number])
      : this.parameter<tf.Tensor1D>(`${name}/scale`, channels, constant(1))
    const offset = this.parameter<tf.Tensor1D>(`${name}/offset`, channels, constant(0))
    const { freezeStatistics = false, lookup, synchronise } = this.#options
    const statistic = (what: string, first: number) =>
      lookup({
        name: `${name}/${what}`,
        kind: freezeStatistics ? 'constant' : 'statistic',
        shape: channels,
        initialise: constant(first),
      }) as tf.Tensor1D
    const [mean, variance] = [statistic('mean', 0), statistic('variance', 1)]
    if (!this.training || freezeStatistics) return tf.batchNorm(x, mean, variance, offset, scale, epsilon) as T
    const measured = synchronise
      ? batchNormOverRanks(x, scale, offset, epsilon, synchronise)
      : batchNormTraining(x, scale, offset, epsilon)
    const statistics = batchNormStatistics(measured, ((synchronise?.ranks ?? 1) * x.size) / channels[0]!)
    this.measure(`${name}/mean`, statistics.mean)
    this.measure(`${name}/variance`, statistics.variance)
    return measured.y as T
  }

  /** While training, sets the scope's share of values to 0 and divides the others by what is left of 1; else x as it is. */
  dropout<T extends tf.Tensor>(x: T): T {
    const { training, dropout: rate = 0, random } = this.#options
    if (!training || rate === 0) return x
    if (!random) throw new Error('dropout needs random, the number that decides what is dropped')
    return dropout(x, random, { rate, salt: this.#dropouts++ })
  }

  /** PReLU with a slope a channel, 0.25 at first. */
  prelu(name: string, x: tf.Tensor4D): tf.Tensor4D {
    return prelu(x, this.parameter<tf.Tensor1D>(`${name}/slope`, [x.shape[3]], constant(0.25))) as tf.Tensor4D
  }

  /** `[batch, inputs]` to `[batch, units]`, with a bias. */
  dense(
    name: string,
    x: tf.Tensor2D,
    units: number,
    initialise: { weights: Initialiser; bias: Initialiser } = {
      weights: uniformXavier(x.shape[1], units),
      bias: constant(0),
    },
  ): tf.Tensor2D {
    const weights = this.parameter<tf.Tensor2D>(`${name}/weights`, [x.shape[1], units], initialise.weights)
    const bias = this.parameter<tf.Tensor1D>(`${name}/bias`, [units], initialise.bias)
    return tf.add(tf.matMul(x, weights), bias)
  }
}
