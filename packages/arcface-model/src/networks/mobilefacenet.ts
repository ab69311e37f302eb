import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { type Initialiser, normal } from '../initialise.js'
import type { Scope } from '../scope.js'

/** Bottlenecks as in table 1 of the paper: expansion t, channels c, repeats n, stride s of the first of them. */
interface Shape {
  readonly bottlenecks: readonly { readonly t: number; readonly c: number; readonly n: number; readonly s: number }[]
  /** The first depthwise convolution sees two channels at a time, not one. */
  readonly pairs?: true
}

/** Table 1 of the paper. */
const PAPER: Shape = {
  bottlenecks: [
    { t: 2, c: 64, n: 5, s: 2 },
    { t: 4, c: 128, n: 1, s: 2 },
    { t: 2, c: 128, n: 6, s: 1 },
    { t: 4, c: 128, n: 1, s: 2 },
    { t: 2, c: 128, n: 2, s: 1 },
  ],
}

/** arcface_torch with scale=2: twice the channels between bottlenecks, and as many as ever within. Its first groups stayed 64. */
const MBF: Shape = {
  bottlenecks: [
    { t: 1, c: 128, n: 5, s: 2 },
    { t: 2, c: 256, n: 1, s: 2 },
    { t: 1, c: 256, n: 6, s: 1 },
    { t: 2, c: 256, n: 1, s: 2 },
    { t: 1, c: 256, n: 2, s: 1 },
  ],
  pairs: true,
}

/**
 * MobileFaceNet (Chen et al. 2018, arXiv:1804.07573, table 1). Filters begin as insightface's do (arcface_torch/backbones/mobilefacenet.py).
 *
 * @param images `[batch, 112, 112, 3]`; other sizes work, the last depthwise convolution spans whatever is left
 * @returns embeddings `[batch, embeddingSize]`, not normalised
 */
export function mobilefacenet(net: Scope, images: Tensor4D, embeddingSize = 128): Tensor2D {
  return embed(net, images, embeddingSize, PAPER)
}

/** insightface's `mbf`, the wider MobileFaceNet that it publishes (arcface_torch/backbones/mobilefacenet.py, get_mbf); as mobilefacenet. */
export function mbf(net: Scope, images: Tensor4D, embeddingSize = 512): Tensor2D {
  return embed(net, images, embeddingSize, MBF)
}

function embed(net: Scope, images: Tensor4D, embeddingSize: number, { bottlenecks, pairs }: Shape): Tensor2D {
  const filters = bottlenecks[0]!.c
  let x = convolution(net, 'stem', images, { filters, kernel: 3, stride: 2, padding: 1 }) // [batch, 56, 56, filters]
  x = pairs ? pairwise(net, 'stem-depthwise', x) : depthwise(net, 'stem-depthwise', x, { stride: 1 })
  for (const [stage, { t, c, n, s }] of bottlenecks.entries()) {
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
 * A convolution in groups of two channels, as depthwise ones, which every engine has: each channel's own filter, and one over the other channel
 * of its pair. Channel i of the first half is paired with channel i of the second.
 */
function pairwise(net: Scope, name: string, x: Tensor4D): Tensor4D {
  const half = x.shape[3] / 2
  const [first, second] = [0, half].map(start => tf.slice(x, [0, 0, 0, start], [-1, -1, -1, half]))
  // PyTorch counts such a filter's fan out by all filters.
  const shape = { kernel: 3, padding: 1, initialise: fanOut(3, x.shape[3]) }
  const own = net.depthwise(name, x, shape)
  const other = net.depthwise(`${name}-other`, tf.concat([second!, first!], 3), shape)
  return net.prelu(name, net.batchNorm(name, tf.add(own, other)))
}

/**
 * He et al. 2015 (arXiv:1502.01852, section 2.2, backward): a normal distribution of variance 2 / (kernel² · filters). PyTorch counts a
 * depthwise convolution's filters so, too. Behind a batch norm the length of a filter decides how far a step turns it.
 */
function fanOut(kernel: number, filters: number): Initialiser {
  return normal(Math.sqrt(2 / (kernel * kernel * filters)))
}
