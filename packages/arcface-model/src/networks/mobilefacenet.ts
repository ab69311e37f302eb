import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { type Initialiser, normal } from '../initialise.js'
import type { Scope } from '../scope.js'

/** Table 1 of the paper: expansion t, channels c, repeats n, stride s of the first of them. */
const BOTTLENECKS = [
  { t: 2, c: 64, n: 5, s: 2 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 6, s: 1 },
  { t: 4, c: 128, n: 1, s: 2 },
  { t: 2, c: 128, n: 2, s: 1 },
]

/**
 * MobileFaceNet (Chen et al. 2018, arXiv:1804.07573, table 1). Filters begin as insightface's do (arcface_torch/backbones/mobilefacenet.py).
 *
 * @param images `[batch, 112, 112, 3]`; other sizes work, the last depthwise convolution spans whatever is left
 * @returns embeddings `[batch, embeddingSize]`, not normalised
 */
export function mobilefacenet(net: Scope, images: Tensor4D, embeddingSize = 128): Tensor2D {
  let x = convolution(net, 'stem', images, { filters: 64, kernel: 3, stride: 2, padding: 1 }) // [batch, 56, 56, 64]
  x = depthwise(net, 'stem-depthwise', x, { stride: 1 })
  for (const [stage, { t, c, n, s }] of BOTTLENECKS.entries()) {
    for (let i = 0; i < n; i++) x = bottleneck(net, `stage${stage + 1}/${i + 1}`, x, { t, c, stride: i === 0 ? s : 1 })
  }
  x = convolution(net, 'expand', x, { filters: 512, kernel: 1 }) // [batch, 7, 7, 512]
  x = net.depthwise('global', x, { kernel: x.shape[1], initialise: fanOut(x.shape[1], x.shape[3]) }) // [batch, 1, 1, 512]
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
  let y = convolution(net, `${name}/expand`, x, { filters: t * x.shape[3], kernel: 1 })
  y = depthwise(net, `${name}/depthwise`, y, { stride })
  y = net.convolution(`${name}/project`, y, { filters: c, kernel: 1, initialise: fanOut(1, c) })
  y = net.batchNorm(`${name}/project`, y)
  return stride === 1 && x.shape[3] === c ? tf.add(x, y) : y
}

function convolution(net: Scope, name: string, x: Tensor4D, shape: Parameters<Scope['convolution']>[2]): Tensor4D {
  return net.prelu(
    name,
    net.batchNorm(name, net.convolution(name, x, { ...shape, initialise: fanOut(shape.kernel, shape.filters) })),
  )
}

function depthwise(net: Scope, name: string, x: Tensor4D, { stride }: { stride: number }): Tensor4D {
  return net.prelu(
    name,
    net.batchNorm(name, net.depthwise(name, x, { kernel: 3, stride, padding: 1, initialise: fanOut(3, x.shape[3]) })),
  )
}

/**
 * He et al. 2015 (arXiv:1502.01852, section 2.2, backward): a normal distribution of variance 2 / (kernel² · filters). PyTorch counts a
 * depthwise convolution's filters so, too. Behind a batch norm the length of a filter decides how far a step turns it.
 */
function fanOut(kernel: number, filters: number): Initialiser {
  return normal(Math.sqrt(2 / (kernel * kernel * filters)))
}
