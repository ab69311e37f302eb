import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import type { Scope } from '../scope.js'

/** Table 1 of the ResNet paper, 50 layers: blocks and width of each stage; a block's output is four times as wide. */
const STAGES = [
  { blocks: 3, width: 64 },
  { blocks: 4, width: 128 },
  { blocks: 6, width: 256 },
  { blocks: 3, width: 512 },
]
const EXPANSION = 4

/**
 * Tiny-Face-Recognition's network: ResNet-50 with bottlenecks of version 1 (He et al. 2015, arXiv:1512.03385), a 7x7 stem of stride 1 and
 * no pooling, stride 2 first in every stage, and a dense layer over all that is left. 74,889,792 parameters at 112x112.
 *
 * @param images `[batch, 112, 112, 3]`
 * @returns embeddings `[batch, embeddingSize]`, not normalised
 */
export function resnet50(net: Scope, images: Tensor4D, embeddingSize = 512): Tensor2D {
  let x = net.convolution('stem', images, { filters: 64, kernel: 7, padding: 3 }) // [batch, 112, 112, 64]
  x = tf.relu(net.batchNorm('stem', x))
  for (const [stage, { blocks, width }] of STAGES.entries()) {
    for (let i = 0; i < blocks; i++)
      x = bottleneck(net, `stage${stage + 1}/${i + 1}`, x, { width, stride: i === 0 ? 2 : 1 })
  }
  const flat = tf.reshape(x, [-1, x.shape[1] * x.shape[2] * x.shape[3]]) as Tensor2D // [batch, 7 * 7 * 2048]
  return net.batchNorm('embedding', net.dense('embedding', flat, embeddingSize))
}

/** Version 1: the stride is in the first 1x1, and the activation after the sum. */
function bottleneck(
  net: Scope,
  name: string,
  x: Tensor4D,
  { width, stride }: { width: number; stride: number },
): Tensor4D {
  const filters = EXPANSION * width
  let y = normalised(net, `${name}/reduce`, x, { filters: width, kernel: 1, stride })
  y = normalised(net, `${name}/filter`, tf.relu(y), { filters: width, kernel: 3, padding: 1 })
  y = normalised(net, `${name}/expand`, tf.relu(y), { filters, kernel: 1 })
  const keeps = stride === 1 && x.shape[3] === filters
  const shortcut = keeps ? x : normalised(net, `${name}/shortcut`, x, { filters, kernel: 1, stride })
  return tf.relu(tf.add(y, shortcut))
}

function normalised(net: Scope, name: string, x: Tensor4D, shape: Parameters<Scope['convolution']>[2]): Tensor4D {
  return net.batchNorm(name, net.convolution(name, x, shape))
}
