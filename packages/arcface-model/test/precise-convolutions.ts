/**
 * tfjs's cpu backend adds up a convolution in float32, one product after another: over 50 layers that rounding is larger than
 * what is looked for. Here are its three kernels again, of the same definition, adding up in float64.
 */
import * as tf from '@tensorflow/tfjs-core'

type Extents = [number, number, number, number]

interface Window {
  strides: number | [number, number]
  pad: number | 'same' | 'valid' | [number, number][]
  dataFormat?: 'NHWC' | 'NCHW'
  dilations?: number | [number, number]
  dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

/** Replaces them on the cpu backend; x and dy are `[batch, height, width, channels]`, filters `[height, width, in, out]`. */
export function registerPreciseConvolutions(): void {
  register('Conv2D', ({ x, filter }, attributes) => {
    const info = convolution(x!.shape, filter!.shape, attributes)
    const [xs, w] = [x!.dataSync(), filter!.dataSync()]
    const { inChannels, outChannels } = info
    const y = new Float32Array(tf.util.sizeFromShape(info.outShape))
    const sums = new Float64Array(outChannels)
    let last = -1
    const store = () => {
      if (last >= 0) y.set(sums, last)
      sums.fill(0)
    }
    for (const [input, output, tap] of taps(info)) {
      if (output !== last) store()
      last = output
      for (let i = 0; i < inChannels; i++) {
        const value = xs[input + i]!
        const row = tap + i * outChannels
        for (let o = 0; o < outChannels; o++) sums[o] = sums[o]! + value * w[row + o]!
      }
    }
    store()
    return tf.tensor(y, info.outShape)
  })

  register('Conv2DBackpropInput', ({ dy, filter }, attributes) => {
    const info = convolution(attributes.inputShape as Extents, filter!.shape, attributes)
    const [dys, w] = [dy!.dataSync(), filter!.dataSync()]
    const { inChannels, outChannels } = info
    const dx = new Float64Array(tf.util.sizeFromShape(info.inShape))
    for (const [input, output, tap] of taps(info)) {
      for (let i = 0; i < inChannels; i++) {
        const row = tap + i * outChannels
        let sum = 0
        for (let o = 0; o < outChannels; o++) sum += dys[output + o]! * w[row + o]!
        dx[input + i] = dx[input + i]! + sum
      }
    }
    return tf.tensor(Float32Array.from(dx), info.inShape)
  })

  register('Conv2DBackpropFilter', ({ x, dy }, attributes) => {
    const info = convolution(x!.shape, attributes.filterShape as Extents, attributes)
    const [xs, dys] = [x!.dataSync(), dy!.dataSync()]
    const { inChannels, outChannels } = info
    const dw = new Float64Array(tf.util.sizeFromShape(info.filterShape))
    for (const [input, output, tap] of taps(info)) {
      for (let i = 0; i < inChannels; i++) {
        const value = xs[input + i]!
        const row = tap + i * outChannels
        for (let o = 0; o < outChannels; o++) dw[row + o] = dw[row + o]! + value * dys[output + o]!
      }
    }
    return tf.tensor(Float32Array.from(dw), info.filterShape)
  })
}

function register(
  kernelName: string,
  kernel: (inputs: Record<string, tf.Tensor>, attributes: Record<string, unknown> & Window) => tf.Tensor,
): void {
  tf.unregisterKernel(kernelName, 'cpu')
  tf.registerKernel({
    kernelName,
    backendName: 'cpu',
    kernelFunc: ({ inputs, attrs }) => kernel(inputs as Record<string, tf.Tensor>, attrs as never),
  })
}

function convolution(inShape: number[], filterShape: number[], attributes: Window): tf.backend_util.Conv2DInfo {
  const { strides, pad, dilations = 1, dimRoundingMode } = attributes
  return tf.backend_util.computeConv2DInfo(
    inShape as Extents,
    filterShape as Extents,
    strides,
    dilations,
    pad as number,
    dimRoundingMode,
  )
}

/** Where a window's pixels meet the image: the offsets of an input pixel, of its output pixel, of the filter between them. */
function* taps(info: tf.backend_util.Conv2DInfo): Generator<[number, number, number]> {
  const { batchSize, inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } = info
  for (let b = 0; b < batchSize; b++) {
    for (let oy = 0; oy < outHeight; oy++) {
      for (let ox = 0; ox < outWidth; ox++) {
        for (let ky = 0; ky < filterHeight; ky++) {
          const y = oy * info.strideHeight + ky - info.padInfo.top
          if (y < 0 || y >= inHeight) continue
          for (let kx = 0; kx < filterWidth; kx++) {
            const x = ox * info.strideWidth + kx - info.padInfo.left
            if (x < 0 || x >= inWidth) continue
            yield [
              ((b * inHeight + y) * inWidth + x) * inChannels,
              ((b * outHeight + oy) * outWidth + ox) * outChannels,
              (ky * filterWidth + kx) * inChannels * outChannels,
            ]
          }
        }
      }
    }
  }
}
