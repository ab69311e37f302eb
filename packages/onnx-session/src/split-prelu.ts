/*
 * onnxruntime has no fast PReLU for the CPU: it computes it number by number, outside of the blocked layout that it keeps convolutions in,
 * and pays for the way there and back. So for a network of convolutions
 *
 *     PReLU(x) = a x + (1 - a) ReLU(x)
 *
 * is written as what it has fast: ReLU, and a multiplication by a number for each channel as a convolution of one pixel that keeps channels
 * apart. MobileFaceNet then takes a quarter of its time, IR-50 five sixths; a result is off by the rounding of one more addition.
 */
import { bytesField, intField, message } from '@tiny-face/protobuf-wire'
import type { ModelGraph, ModelNode } from './read-model-graph.js'
import type { Rewriting } from './rewrite-graph.js'

/** From this version of the standard operators on, what broadcasts is written as below. */
const LEAST_OPSET = 7
const FLOAT = 1
const PREFIX = 'tiny_face.prelu.'

/**
 * What is to be written in the place of PReLUs.
 *
 * @returns undefined where there are none that can be: each needs float32 slopes of `[channels, 1, 1]` that are constants
 */
export function splitPrelu(graph: ModelGraph): Rewriting | undefined {
  if (graph.opset < LEAST_OPSET) return undefined
  const producers = new Map(graph.nodes.map(node => [node.outputs[0]!, node]))
  const instead = new Map<ModelNode, readonly Uint8Array[]>()
  for (const node of graph.nodes) {
    if (node.op !== 'PRelu') continue
    const channels = slopesOf(node.inputs[1] ?? '', graph, producers)
    if (channels !== undefined) instead.set(node, splitNode(node, channels))
  }
  if (instead.size === 0) return undefined
  return {
    instead,
    added: [tensor('shape', 7, [4], BigInt64Array.of(-1n, 1n, 1n, 1n)), tensor('one', FLOAT, [1], Float32Array.of(1))],
  }
}

/** How many slopes a constant of that name has, one for each channel; undefined where it is none, or lies otherwise. */
function slopesOf(
  name: string,
  { constants }: ModelGraph,
  producers: ReadonlyMap<string, ModelNode>,
): number | undefined {
  const constant = constants.get(name)
  if (constant !== undefined) return constant.type === FLOAT ? channelsOf(constant.shape) : undefined
  const producer = producers.get(name)
  if (producer?.op === 'Constant' && producer.tensors.value?.type === FLOAT)
    return channelsOf(producer.tensors.value.shape)
  // Our own export lays slopes out by a Reshape.
  const [from, to] = producer?.op === 'Reshape' ? producer.inputs : []
  const source = constants.get(from ?? '')
  return source?.type === FLOAT ? channelsOf(constants.get(to ?? '')?.values ?? []) : undefined
}

function channelsOf(shape: readonly number[]): number | undefined {
  const [channels, height, width] = shape.length === 4 && shape[0] === 1 ? shape.slice(1) : shape
  return shape.length >= 3 && channels! > 1 && height === 1 && width === 1 ? channels : undefined
}

function splitNode({ inputs, outputs }: ModelNode, channels: number): Uint8Array[] {
  const [x, slopes] = inputs as [string, string]
  const [y] = outputs as [string]
  const own = (name: string) => `${PREFIX}${name}.${y}`
  const [a, rest, positive, scaled, left] = ['a', 'rest', 'positive', 'scaled', 'left'].map(own) as [
    string,
    string,
    string,
    string,
    string,
  ]
  return [
    node('Reshape', [slopes, `${PREFIX}shape`], a),
    node('Sub', [`${PREFIX}one`, a], rest),
    node('Relu', [x], positive),
    node('Conv', [x, a], scaled, channels),
    node('Conv', [positive, rest], left, channels),
    node('Add', [left, scaled], y),
  ]
}

/** NodeProto: 1 input, 2 output, 4 op_type, 5 attribute {1 name, 3 i, 20 type, of which 2 is an integer}. */
function node(op: string, inputs: readonly string[], output: string, group?: number): Uint8Array {
  const attribute = group && message(text(1, 'group'), intField(3, group), Buffer.of(0xa0, 0x01, 2))
  return bytesField(
    1,
    message(
      ...inputs.map(name => text(1, name)),
      text(2, output),
      text(4, op),
      ...(attribute ? [bytesField(5, attribute)] : []),
    ),
  )
}

/** TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data. */
function tensor(name: string, type: number, shape: readonly number[], data: BigInt64Array | Float32Array): Uint8Array {
  const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  return bytesField(
    5,
    message(...shape.map(extent => intField(1, extent)), intField(2, type), text(8, PREFIX + name), bytesField(9, raw)),
  )
}

function text(field: number, value: string): Uint8Array {
  return bytesField(field, Buffer.from(value))
}
