import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { normal } from '../initialise.js'
import type { Scope } from '../scope.js'

/** As MobileFaceNet's: expansion t, channels c, repeats n, stride s of the first of them. */
const BOTTLENECKS = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
]

type Activation = (x: Tensor4D) => Tensor4D

/**
 * MobileFaceNet as foamliu trained and published it (github.com/foamliu/MobileFaceNet, mobilefacenet.py): MobileNetV2's ReLU6 in place of
 * PReLU, and a pointwise convolution behind the first depthwise one, both with ReLU.
 *
 * @param images `[batch, 112, 112, 3]`; other sizes work, the last depthwise convolution spans whatever is left
 * @returns embeddings `[batch, embeddingSize]`, not normalised
 */
export function foamliuMobilefacenet(net: Scope, images: Tensor4D, embeddingSize = 128): Tensor2D {
  let x = convolution(net, 'stem', images, tf.relu6, { filters: 64, kernel: 3, stride: 2, padding: 1 }) // [batch, 56, 56, 64]
  x = depthwise(net, 'stem-depthwise', x, tf.relu, 1)
  x = convolution(net, 'stem-pointwise', x, tf.relu, { filters: 64, kernel: 1 })
  for (const [stage, { t, c, n, s }] of BOTTLENECKS.entries()) {
    for (let i = 0; i < n; i++) x = bottleneck(net, `stage${stage + 1}/${i + 1}`, x, { t, c, stride: i === 0 ? s : 1 })
  }
  x = convolution(net, 'expand', x, tf.relu6, { filters: 512, kernel: 1 }) // [batch, 7, 7, 512]
  const kernel = x.shape[1]
  x = net.depthwise('global', x, { kernel, initialise: fanOut(kernel, x.shape[3]) }) // [batch, 1, 1, 512]
  x = net.batchNorm('global', x)
  x = net.convolution('embedding', x, { filters: embeddingSize, kernel: 1, initialise: fanOut(1, embeddingSize) })
  return net.batchNorm('embedding', tf.reshape(x, [-1, embeddingSize]))
}

/** Expand, filter by channel, project; added to its input where it keeps the shape. */
function bottleneck(
  net: Scope,
  name: string,
  x: Tensor4D,
  { t, c, stride }: { t: number; c: number; stride: number },
): Tensor4D {
  let y = convolution(net, `${name}/expand`, x, tf.relu6, { filters: t * x.shape[3], kernel: 1 })
  y = depthwise(net, `${name}/depthwise`, y, tf.relu6, stride)
  y = net.convolution(`${name}/project`, y, { filters: c, kernel: 1, initialise: fanOut(1, c) })
  y = net.batchNorm(`${name}/project`, y)
  return stride === 1 && x.shape[3] === c ? tf.add(x, y) : y
}

function convolution(
  net: Scope,
  name: string,
  x: Tensor4D,
  activation: Activation,
  shape: Parameters<Scope['convolution']>[2],
): Tensor4D {
  const initialise = fanOut(shape.kernel, shape.filters)
  return activation(net.batchNorm(name, net.convolution(name, x, { ...shape, initialise })))
}

function depthwise(net: Scope, name: string, x: Tensor4D, activation: Activation, stride: number): Tensor4D {
  const initialise = fanOut(3, x.shape[3])
  return activation(net.batchNorm(name, net.depthwise(name, x, { kernel: 3, stride, padding: 1, initialise })))
}

/** PyTorch's kaiming_normal_ with mode fan_out, as foamliu begins. */
function fanOut(kernel: number, filters: number) {
  return normal(Math.sqrt(2 / (kernel * kernel * filters)))
}
