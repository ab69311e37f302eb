import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import { normal, uniformFanIn } from '../initialise.js'
import type { Scope } from '../scope.js'
import type { Network } from './network.js'

/** Filters of the four stages, whatever the depth. */
const WIDTHS = [64, 128, 256, 512]

/**
 * The dropout of the ArcFace paper's embedding (Deng et al. 2019, arXiv:1801.07698: BN, dropout, FC, BN) in insightface's MXNet code, and
 * in arcface_torch for a set of half a million images (CASIA-WebFace). For sets of millions arcface_torch drops nothing.
 */
const DROPOUT = 0.4

/** First values of every convolution in arcface_torch. */
const FILTERS = normal(0.1)

/**
 * The residual networks that ArcFace models are published with, IR-18 to IR-100, as insightface trains them
 * (recognition/arcface_torch/backbones/iresnet.py). PyTorch counts 24,025,600, 34,139,328, 43,590,848 and 65,156,160 parameters, of
 * which the last batch norm's 512 scales stay 1 and are no variables here.
 *
 * @param blocks units of each of the four stages
 */
export function iresnet(blocks: readonly number[]): Network {
  return {
    size: 112,
    embeddingSize: 512,
    preprocess: 'arcface',
    dropout: DROPOUT,
    embed: (net, images, embeddingSize = 512) => embed(net, images, blocks, embeddingSize),
  }
}

/**
 * @param images `[batch, 112, 112, 3]`; other sizes work, the dense layer takes whatever is left
 * @returns embeddings `[batch, embeddingSize]`, not normalised
 */
function embed(net: Scope, images: Tensor4D, blocks: readonly number[], embeddingSize: number): Tensor2D {
  let x = convolution(net, 'stem', images, { filters: WIDTHS[0]!, kernel: 3, padding: 1 }) // [batch, 112, 112, 64]
  x = net.prelu('stem', x)
  for (const [stage, count] of blocks.entries()) {
    for (let i = 0; i < count; i++)
      x = unit(net, `stage${stage + 1}/${i + 1}`, x, { filters: WIDTHS[stage]!, stride: i === 0 ? 2 : 1 })
  }
  x = net.dropout(net.batchNorm('output', x)) // [batch, 7, 7, 512]
  // PyTorch flattens [channels, height, width], we [height, width, channels]: rows of the dense weights are permuted on import.
  const inputs = x.shape[1] * x.shape[2] * x.shape[3]
  const flat = tf.reshape(x, [-1, inputs]) as Tensor2D
  const first = uniformFanIn(inputs) // PyTorch's default for both
  return net.batchNorm('embedding', net.dense('embedding', flat, embeddingSize, { weights: first, bias: first }), {
    fixedScale: true,
  })
}

/** Batch norm before the first convolution, no activation after the sum; the stride is in the second convolution. */
function unit(
  net: Scope,
  name: string,
  x: Tensor4D,
  { filters, stride }: { filters: number; stride: number },
): Tensor4D {
  let y = net.batchNorm(`${name}/input`, x)
  y = convolution(net, `${name}/conv1`, y, { filters, kernel: 3, padding: 1 })
  y = net.prelu(`${name}/conv1`, y)
  y = convolution(net, `${name}/conv2`, y, { filters, kernel: 3, stride, padding: 1 })
  const keeps = stride === 1 && x.shape[3] === filters
  return tf.add(y, keeps ? x : convolution(net, `${name}/shortcut`, x, { filters, kernel: 1, stride }))
}

function convolution(net: Scope, name: string, x: Tensor4D, shape: Parameters<Scope['convolution']>[2]): Tensor4D {
  return net.batchNorm(name, net.convolution(name, x, { ...shape, initialise: FILTERS }))
}
