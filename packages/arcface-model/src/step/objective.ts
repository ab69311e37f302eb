import type { Scalar, Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import type { TensorType } from '@tiny-face/tfjs-compiler'
import { declareVariables } from '../declare-variables.js'
import { evaluateHead, type HeadConfig } from '../heads/head.js'
import type { HeadShare } from '../heads/margin-softmax.js'
import type { Network } from '../networks/network.js'
import { Scope, type Variable } from '../scope.js'
import type { BatchStatistic } from './running-statistics.js'

export type NamedTensors = Record<string, Tensor>

/** What one batch gives: the loss that training lowers, and what is measured along the way. */
export interface Evaluation {
  readonly loss: Scalar
  /** The share of the batch nearest to its own centre. */
  readonly accuracy: Scalar
  /** What the batch says about the running statistics, by their names. */
  readonly statistics: ReadonlyMap<string, BatchStatistic>
}

/** What is trained: a network with a head, as a function of its variables and a batch. */
export interface Objective {
  /** Parameters and running statistics, in the order in which the network asks for them. */
  readonly variables: readonly Variable[]
  /** The tensors of a batch. */
  readonly inputs: Readonly<Record<string, TensorType>>
  /** A pure function of tensors; no tensor is kept. */
  readonly evaluate: (variables: Readonly<NamedTensors>, batch: Readonly<NamedTensors>) => Evaluation
}

export interface ObjectiveShape {
  readonly network: Network
  readonly batchSize: number
  readonly classes: number
  readonly head: HeadConfig
  /** Defaults to the network's own, as all below. */
  readonly embeddingSize?: number
  /** Height and width of the images. */
  readonly size?: number
  /** The share of values that the network's dropout sets to 0. */
  readonly dropout?: number
  /** Batch norms use their running statistics, and leave them as they are: right where a batch holds few people. */
  readonly freezeStatistics?: boolean
  /** Where ranks of a job share the step: each has `batchSize` images, and the centres of `classes` identities. */
  readonly share?: HeadShare | undefined
  /** Batch norms measure the batches of all ranks together; each its own otherwise. */
  readonly synchronise?: boolean
}

/**
 * A network with a margin head, while training. The names of the head's variables begin with `head/`.
 *
 * A batch is `images` `[batch, size, size, 3]` preprocessed, `labels` int32 `[batch]`, and where the network drops out `random`, an
 * int32 scalar from 0 to 2^31 - 1 that decides what. Where ranks share the step, `labels` are those of all ranks' images, `[ranks * batch]`:
 * places among this rank's identities, or -1 where it is another's.
 */
export function marginObjective(shape: ObjectiveShape): Objective {
  const { network, batchSize, classes, head, freezeStatistics, share } = shape
  const { embeddingSize = network.embeddingSize, size = network.size, dropout = network.dropout } = shape
  const synchronise = shape.synchronise ? share : undefined
  const evaluateIn = (net: Scope, { images, labels }: Readonly<NamedTensors>): Evaluation => {
    const embeddings = network.embed(net, images as Tensor4D, embeddingSize)
    const { loss, accuracy } = evaluateHead(net, { embeddings, labels: labels as Tensor1D, classes, share }, head)
    return { loss, accuracy, statistics: net.measured }
  }
  const images: TensorType = { shape: [batchSize, size, size, 3], dtype: 'float32' }
  const labels: TensorType = { shape: [batchSize * (share?.ranks ?? 1)], dtype: 'int32' }
  const random: TensorType = { shape: [], dtype: 'int32' }
  const { variables, dropsOut } = declareVariables(
    net => evaluateIn(net, { images: tf.fill([...images.shape], 0), labels: tf.fill([...labels.shape], 0, 'int32') }),
    { dropout, freezeStatistics, synchronise },
  )
  return {
    variables,
    inputs: dropsOut ? { images, labels, random } : { images, labels },
    evaluate(given, batch) {
      const lookup = ({ name }: Variable) => given[name]!
      const random = batch.random as Scalar
      return evaluateIn(new Scope({ training: true, lookup, dropout, random, freezeStatistics, synchronise }), batch)
    },
  }
}
