import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core'
import * as tf from '@tensorflow/tfjs-core'
import type { Scope } from '../scope.js'

/** Filters and units of the stages; the first unit of each but stage 1 halves the image. */
const STAGES = [
  { filters: 32, units: 3 },
  { filters: 64, units: 4 },
  { filters: 128, units: 3 },
  { filters: 256, units: 3 },
  { filters: 256, units: 1 },
]

/**
 * dlib's ResNet of 29 convolutions, as face-api publishes it for TensorFlow.js (@vladmandic/face-api 1.7.15,
 * src/faceRecognitionNet/FaceRecognitionNet.ts; dlib, examples/dnn_face_recognition_ex.cpp: anet_level0 and below). dlib trained it with
 * batch norms, which the published weights hold as a scale and an offset; here they are batch norms again, so that it can be trained.
 *
 * @param images `[batch, 150, 150, 3]`; of other sizes, 103 pixels or more
 * @returns embeddings `[batch, embeddingSize]`, not normalised; dlib's are about 1.4 long, whatever the face
 */
export function faceApi(net: Scope, images: Tensor4D, embeddingSize = 128): Tensor2D {
  let x = tf.relu(convolution(net, 'stem', images, { filters: 32, kernel: 7, stride: 2 })) // [batch, 72, 72, 32]
  x = tf.maxPool(x, 3, 2, 'valid') // [batch, 35, 35, 32]
  for (const [stage, { filters, units }] of STAGES.entries()) {
    for (let i = 0; i < units; i++) {
      const name = `stage${stage + 1}/${i + 1}`
      x = stage > 0 && i === 0 ? halvingUnit(net, name, x, filters) : unit(net, name, x, filters)
    }
  }
  x = tf.mean(x, [1, 2], true) // [batch, 1, 1, 256] of [batch, 2, 2, 256]
  x = net.convolution('embedding', x, { filters: embeddingSize, kernel: 1 })
  return tf.reshape(x, [-1, embeddingSize])
}

function unit(net: Scope, name: string, x: Tensor4D, filters: number): Tensor4D {
  const y = tf.relu(convolution(net, `${name}/conv1`, x, { filters, kernel: 3, padding: 1 }))
  return tf.relu(tf.add(x, convolution(net, `${name}/conv2`, y, { filters, kernel: 3, padding: 1 })))
}

/**
 * Where the image halves, the shortcut has no filters: the mean of each four pixels, and zeros for the channels that it lacks. Without padding
 * the convolution may come out a row and a column smaller than that: zeros make them up below and on the right.
 */
function halvingUnit(net: Scope, name: string, x: Tensor4D, filters: number): Tensor4D {
  const shortcut = tf.avgPool(x, 2, 2, 'valid')
  let y = tf.relu(convolution(net, `${name}/conv1`, x, { filters, kernel: 3, stride: 2 }))
  y = convolution(net, `${name}/conv2`, y, { filters, kernel: 3, padding: 1 })
  const [, height, width] = shortcut.shape
  return tf.relu(tf.add(withZeros(shortcut, [height, width, filters]), withZeros(y, [height, width, filters])))
}

/** `[batch, …]` to `[batch, ...wanted]` by zeros at the end of each axis. */
function withZeros(x: Tensor4D, wanted: readonly [height: number, width: number, channels: number]): Tensor4D {
  const missing = wanted.map((extent, i) => extent - x.shape[i + 1]!)
  if (missing.every(count => count === 0)) return x
  return tf.pad(x, [[0, 0], ...missing.map((count): [number, number] => [0, count])])
}

function convolution(net: Scope, name: string, x: Tensor4D, shape: Parameters<Scope['convolution']>[2]): Tensor4D {
  return net.batchNorm(name, net.convolution(name, x, shape))
}
