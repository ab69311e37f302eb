/**
 * Passes over a tensor with one number per channel, and sums per channel: what batch norm, PReLU and their gradients are made of.
 *
 * In blocks of channels a pass is one depthwise 1x1 convolution, activation(x scale + offset + sum): one read and one write on all
 * threads. The sum of a product is a depthwise convolution of one tensor by the other as the filter, image by image: the product
 * is never written. Elsewhere standard operators do the same.
 */
import { sizeOf } from '../../graph/graph.js'
import { windowOf } from '../../window.js'
import { blockedConv, blockedMean } from './blocked-convolution.js'
import type { OnnxAttribute } from './model-file.js'
import { type Layout, type PhysicalValue, physicalShape, vectorShape } from './physical-graph.js'
import type { Writer } from './writer.js'

/** A tensor with channels as its passes want it. */
export interface Channelled {
  readonly layout: Layout
  /** As it lies in memory. */
  readonly shape: readonly number[]
  readonly channels: number
  /** Elements to a channel. */
  readonly count: number
}

export function channelled(value: PhysicalValue): Channelled {
  const channels = value.shape.at(-1)!
  return { layout: value.layout, shape: physicalShape(value), channels, count: sizeOf(value.shape) / channels }
}

/** What a pass does to x: activation(x scale + offset + sum); scale and offset are vectors over the channels. */
export interface Pass {
  readonly scale?: string
  readonly offset?: string
  readonly sum?: string
  readonly activation?: 'relu' | 'step'
}

export function channelPass(b: Writer, x: string, form: Channelled, pass: Pass): string {
  if (form.layout !== 'blocked') return standardPass(b, x, form, pass)
  const { channels, shape } = form
  const scale = pass.scale ?? b.uniform(1, channels)
  const inputs = { x, filter: b.reshape(scale, [channels, 1, 1, 1]), offset: pass.offset, sum: pass.sum }
  return blockedConv(b, inputs, windowOf([1, 1], shape.slice(2)), channels, channels, activationOf(pass))
}

/** The sum over all but the channels of x, or of x times y: [channels]. */
export function channelSum(b: Writer, x: string, form: Channelled, y?: string): string {
  const { shape, channels } = form
  if (form.layout !== 'blocked') {
    const axes = [...shape.keys()].filter(axis => axis !== (form.layout === 'nchw' ? 1 : shape.length - 1))
    const product = y === undefined ? x : b.op('Mul', [x, y])
    return b.op('ReduceSum', [product, b.int64(axes)], { keepdims: 0 })
  }
  const [batch, , height, width] = shape as [number, number, number, number]
  const rows = (name: string) => b.op('ReduceSum', [b.reshape(name, [batch, channels]), b.int64([0])], { keepdims: 0 })
  if (y === undefined) return b.op('Mul', [rows(blockedMean(b, x)), b.scalar('float32', height * width)])
  const lanes = batch * channels
  const inputs = { x: b.reshape(x, [1, lanes, 1, height * width]), filter: b.reshape(y, [lanes, 1, 1, height * width]) }
  return rows(blockedConv(b, inputs, windowOf([1, height * width], [1, height * width]), lanes, lanes))
}

/** x factor + y over the elements of a value, `factor` a single number: in blocks one pass instead of two. */
export function vectorPass(b: Writer, size: number): (x: string, factor: string, y: string) => string {
  const [, lanes, ...image] = vectorShape(size, b.operators.block)
  if (lanes === undefined) return (x, factor, y) => b.op('Add', [b.op('Mul', [x, factor]), y])
  return (x, factor, y) => {
    const filter = b.op('Expand', [factor, b.int64([lanes, 1, 1, 1])])
    return blockedConv(b, { x, filter, sum: y }, windowOf([1, 1], image), lanes, lanes)
  }
}

/** A step is a sigmoid so steep that any positive number, if it is no denormal, gives 1. */
function activationOf({ activation }: Pass): Record<string, OnnxAttribute> {
  if (activation === 'relu') return { activation: 'Relu' }
  return activation === 'step' ? { activation: 'HardSigmoid', activation_params: { floats: [1e38, 0] } } : {}
}

function standardPass(b: Writer, x: string, form: Channelled, { scale, offset, sum, activation }: Pass): string {
  const vector = (name: string) => (form.layout === 'nchw' ? b.reshape(name, [1, form.channels, 1, 1]) : name)
  let y = x
  if (scale !== undefined) y = b.op('Mul', [y, vector(scale)])
  if (offset !== undefined) y = b.op('Add', [y, vector(offset)])
  if (sum !== undefined) y = b.op('Add', [y, sum])
  if (activation === 'relu') return b.op('Relu', [y])
  if (activation === undefined) return y
  return b.cast(b.op('Greater', [y, b.scalar('float32', 0)]), 'float32')
}
