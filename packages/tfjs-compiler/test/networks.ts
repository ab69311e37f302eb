/** Small networks that tests trace: the parts of MobileFaceNet, ResNet and ArcFace on tiny shapes. */

import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { batchNormTraining, detach, momentumUpdate, movingAverage, prelu } from '../src/index.js'

tf.setBackend('cpu')

export type Tensors = Record<string, tf.Tensor>
export type Network = (inputs: Tensors) => Tensors

type Shapes = Record<string, number[]>
type BatchStatistics = Record<string, { mean: tf.Tensor; variance: tf.Tensor }>

const MOMENTUM = { momentum: 0.9, weightDecay: 5e-4 }

/** One training step: forward, loss, gradients, update of every parameter, running statistics of every batch norm. */
export function trainingStep(
  parameters: Shapes,
  loss: (p: Tensors, inputs: Tensors) => { loss: tf.Scalar; statistics: BatchStatistics },
): Network {
  const names = Object.keys(parameters)
  return inputs => {
    let statistics: BatchStatistics = {}
    const { value, grads } = tf.valueAndGrads((...values: tf.Tensor[]) => {
      const result = loss(Object.fromEntries(names.map((name, index) => [name, values[index]!])), inputs)
      statistics = Object.fromEntries(
        Object.entries(result.statistics).map(([name, { mean, variance }]) => [
          name,
          { mean: tf.keep(mean), variance: tf.keep(variance) },
        ]),
      )
      return result.loss
    })(names.map(name => inputs[name]!))
    const updates = names.map((name, index) => {
      const { parameter, velocity } = momentumUpdate(
        inputs[name]!,
        inputs[`${name}.v`]!,
        grads[index]!,
        inputs.rate as tf.Scalar,
        MOMENTUM,
      )
      return { [name]: parameter, [`${name}.v`]: velocity }
    })
    const running = Object.entries(statistics).map(([name, { mean, variance }]) => ({
      [`${name}.mean`]: movingAverage(inputs[`${name}.mean`]!, mean, 0.9),
      [`${name}.variance`]: movingAverage(inputs[`${name}.variance`]!, variance, 0.9, 1.25),
    }))
    return Object.assign({ loss: value }, ...updates, ...running)
  }
}

export function stepInputs(
  parameters: Shapes,
  statistics: string[],
  channels: (name: string) => number,
  rest: Shapes,
): Shapes {
  return {
    ...rest,
    rate: [],
    ...parameters,
    ...Object.fromEntries(Object.entries(parameters).map(([name, shape]) => [`${name}.v`, shape])),
    ...Object.fromEntries(
      statistics.flatMap(name => ['mean', 'variance'].map(kind => [`${name}.${kind}`, [channels(name)]])),
    ),
  }
}

/** Additive angular margin (Deng et al., 2019): cos(θ + m), with the fallback past π - m. Logits [batch, classes]. */
export function arcFaceLogits(
  embedding: tf.Tensor2D,
  centres: tf.Tensor2D,
  labels: tf.Tensor1D,
  margin: number,
  scale: number,
): tf.Tensor2D {
  const unit = (x: tf.Tensor2D, axis: number) =>
    tf.div(x, tf.sqrt(tf.add(tf.sum(tf.square(x), axis, true), 1e-12))) as tf.Tensor2D
  const cosine = tf.clipByValue(tf.matMul(unit(embedding, 1), unit(centres, 0)), -1, 1)
  const sine = tf.sqrt(tf.maximum(tf.sub(1, tf.square(cosine)), 1e-9))
  const moved = tf.sub(tf.mul(cosine, Math.cos(margin)), tf.mul(sine, Math.sin(margin)))
  const fallback = tf.sub(cosine, Math.sin(Math.PI - margin) * margin)
  const target = tf.where(tf.greater(detach(cosine), Math.cos(Math.PI - margin)), moved, fallback)
  const own = tf.oneHot(labels, centres.shape[1], 1, 0, 'bool')
  return tf.mul(tf.where(own, target, cosine), scale)
}

export function crossEntropy(logits: tf.Tensor2D, labels: tf.Tensor1D): tf.Scalar {
  const own = tf.oneHot(labels, logits.shape[1], 1, 0, 'float32')
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), own), 1))) as tf.Scalar
}

const BLOCK = {
  expand: [1, 1, 4, 6],
  'expand.scale': [6],
  'expand.offset': [6],
  'expand.slope': [6],
  depth: [3, 3, 6, 1],
  'depth.scale': [6],
  'depth.offset': [6],
  'depth.slope': [6],
  project: [1, 1, 6, 4],
  'project.scale': [4],
  'project.offset': [4],
  global: [5, 5, 4, 1],
  centres: [4, 5],
}

/** An inverted residual block of MobileFaceNet with PReLU, a global depthwise convolution and the ArcFace head. */
export const mobileFaceBlock = {
  shapes: stepInputs(BLOCK, ['expand', 'depth', 'project'], name => (name === 'project' ? 4 : 6), {
    x: [3, 5, 5, 4],
    labels: [3],
  }),
  run: trainingStep(BLOCK, (p, { x, labels }) => {
    const statistics: BatchStatistics = {}
    const norm = (name: string, value: tf.Tensor4D) => {
      const { y, ...rest } = batchNormTraining(
        value,
        p[`${name}.scale`] as tf.Tensor1D,
        p[`${name}.offset`] as tf.Tensor1D,
        1e-5,
      )
      statistics[name] = rest
      return y
    }
    const active = (name: string, value: tf.Tensor4D) => prelu(norm(name, value), p[`${name}.slope`] as tf.Tensor1D)
    const image = x as tf.Tensor4D
    const wide = active('expand', tf.conv2d(image, p.expand as tf.Tensor4D, 1, 'same'))
    const depth = active('depth', tf.depthwiseConv2d(wide, p.depth as tf.Tensor4D, 1, 'same'))
    const y = tf.add(image, norm('project', tf.conv2d(depth, p.project as tf.Tensor4D, 1, 'same'))) as tf.Tensor4D
    const flat = tf.reshape(tf.depthwiseConv2d(y, p.global as tf.Tensor4D, 1, 'valid'), [3, 4]) as tf.Tensor2D
    const own = labels as tf.Tensor1D
    return { loss: crossEntropy(arcFaceLogits(flat, p.centres as tf.Tensor2D, own, 0.5, 16), own), statistics }
  }),
}

const BOTTLENECK = {
  stem: [3, 3, 3, 4],
  reduce: [1, 1, 4, 2],
  'reduce.scale': [2],
  'reduce.offset': [2],
  middle: [3, 3, 2, 2],
  expand: [1, 1, 2, 6],
  shortcut: [1, 1, 4, 6],
  dense: [24, 5],
}

/** A stem with max pooling, a strided ResNet bottleneck with ReLU and a projected shortcut, flattened into a classifier. */
export const bottleneck = {
  shapes: stepInputs(BOTTLENECK, ['reduce'], () => 2, { x: [2, 8, 8, 3], labels: [2] }),
  run: trainingStep(BOTTLENECK, (p, { x, labels }) => {
    const stem = tf.maxPool(tf.relu(tf.conv2d(x as tf.Tensor4D, p.stem as tf.Tensor4D, 1, 'same')), 3, 2, 'same')
    const reduced = tf.conv2d(stem, p.reduce as tf.Tensor4D, 2, 'same')
    const { y, ...reduce } = batchNormTraining(
      reduced,
      p['reduce.scale'] as tf.Tensor1D,
      p['reduce.offset'] as tf.Tensor1D,
      2e-5,
    )
    const middle = tf.relu(tf.conv2d(tf.relu(y), p.middle as tf.Tensor4D, 1, 'same'))
    const sum = tf.add(
      tf.conv2d(middle, p.expand as tf.Tensor4D, 1, 'same'),
      tf.conv2d(stem, p.shortcut as tf.Tensor4D, 2, 'same'),
    )
    const logits: tf.Tensor2D = tf.matMul(tf.reshape(tf.relu(sum), [2, 24]) as tf.Tensor2D, p.dense as tf.Tensor2D)
    return { loss: crossEntropy(logits, labels as tf.Tensor1D), statistics: { reduce } }
  }),
}

/** Seeded values: labels are whole numbers below 5, variances and the rate positive. */
export function randomInputs(shapes: Shapes, seed = 1): Tensors {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      if (name === 'labels')
        return [
          name,
          tf.tensor1d(
            Array.from({ length: shape[0]! }, (_, i) => (i * 3 + seed) % 5),
            'int32',
          ),
        ]
      if (name === 'rate') return [name, tf.scalar(0.1)]
      const positive = name.endsWith('variance') || name.endsWith('scale')
      return [
        name,
        positive
          ? tf.randomUniform(shape, 0.5, 2, 'float32', seed + index)
          : tf.randomUniform(shape, -1, 1, 'float32', seed + index),
      ]
    }),
  )
}

export function typesOf(shapes: Shapes): Record<string, { shape: number[]; dtype: 'float32' | 'int32' }> {
  return Object.fromEntries(
    Object.entries(shapes).map(
      ([name, shape]) => [name, { shape, dtype: name === 'labels' ? 'int32' : 'float32' }] as const,
    ),
  )
}

export function valuesOf(tensors: Tensors): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, [...tensor.dataSync()]]))
}
