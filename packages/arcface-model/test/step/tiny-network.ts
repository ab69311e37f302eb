import type { Tensor2D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import type { Network, ObjectiveShape } from '../../src/index.js'

/** Every kind of layer that the networks have, on images of 6x6. */
export const TINY: Network = {
  size: 6,
  embeddingSize: 5,
  preprocess: 'arcface',
  dropout: 0.3,
  embed(net, images, embeddingSize = 5) {
    let x = net.prelu(
      'stem',
      net.batchNorm('stem', net.convolution('stem', images, { filters: 4, kernel: 3, stride: 2 })),
    )
    x = tf.add(x, net.depthwise('depthwise', x, { kernel: 3, padding: 1 }))
    const flat = tf.reshape(net.dropout(net.batchNorm('output', x)), [-1, 2 * 2 * 4]) as Tensor2D
    return net.batchNorm('embedding', net.dense('embedding', flat, embeddingSize), { fixedScale: true })
  },
}

export const TINY_SHAPE: ObjectiveShape = {
  network: TINY,
  batchSize: 6,
  classes: 3,
  head: { kind: 'arcface', margin: 0.5, scale: 8 },
}
