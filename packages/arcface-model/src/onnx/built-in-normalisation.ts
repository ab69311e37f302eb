/* The normalisation that a network does itself: what stands between its input and the first layer. */
import type { ModelGraph, ModelNode } from '@tiny-face/onnx-session'
import type { InputShape } from '../network-input.js'
import { PRESETS } from '../preprocess.js'

/** (x - mean) / std of each channel of the input, which are told apart where there is more than one number. */
export interface BuiltInNormalisation {
  readonly mean: readonly number[]
  readonly std: readonly number[]
}

/** Nodes that are looked at behind the input. */
const MOST_NODES = 16
/** Nodes that leave values as they are, whatever they do to their type or place. */
const PASSING = ['Identity', 'Cast', 'Transpose']

/**
 * Finds nodes that subtract, add, multiply or divide the input by numbers before anything else is done with it. insightface looks for the
 * same: a graph that begins with them is fed with 0 to 255.
 *
 * @param input the image's name
 * @returns undefined where there are none
 * @see insightface, python-package/insightface/model_zoo/arcface_onnx.py
 */
export function builtInNormalisation(
  { nodes, constants }: ModelGraph,
  input: string,
  channels: InputShape['channels'],
): BuiltInNormalisation | undefined {
  const values = new Map<string, readonly number[]>()
  for (const [name, tensor] of constants) if (tensor.values) values.set(name, tensor.values)
  for (const { op, outputs, tensors } of nodes)
    if (op === 'Constant' && tensors.value?.values) values.set(outputs[0]!, tensors.value.values)
  let scale = Array<number>(channels ?? 3).fill(1)
  let shift = scale.map(() => 0)
  let found = false
  let name: string | undefined = input
  for (let i = 0; i < MOST_NODES; i++) {
    const readers: ModelNode[] = nodes.filter(({ op, inputs }) => inputs.includes(name!) && op !== 'Shape')
    const [node] = readers
    if (node === undefined || readers.length > 1) break
    if (!PASSING.includes(node.op)) {
      const numbers = operand(node, name!, values, scale.length)
      if (numbers === undefined) break
      found = true
      if (node.op === 'Add') shift = shift.map((value, c) => value + numbers[c]!)
      if (node.op === 'Sub') shift = shift.map((value, c) => value - numbers[c]!)
      const factors = numbers.map(value => (node.op === 'Mul' ? value : node.op === 'Div' ? 1 / value : 1))
      scale = scale.map((value, c) => value * factors[c]!)
      shift = shift.map((value, c) => value * factors[c]!)
    }
    name = node.outputs[0]
  }
  if (!found || scale.some(value => !(value > 0) || !Number.isFinite(value))) return undefined
  return { mean: shift.map((value, c) => rounded(-value / scale[c]!)), std: scale.map(value => rounded(1 / value)) }
}

/** The numbers that a node changes a value by, one for each channel; undefined where it does something else. */
function operand(
  { op, inputs }: ModelNode,
  name: string,
  values: ReadonlyMap<string, readonly number[]>,
  channels: number,
): readonly number[] | undefined {
  const [first, second] = inputs
  const turned = first !== name
  if (!['Sub', 'Add', 'Mul', 'Div'].includes(op) || (turned && (op === 'Sub' || op === 'Div'))) return undefined
  const numbers = values.get((turned ? first : second) ?? '')
  if (numbers?.length === 1) return Array(channels).fill(numbers[0])
  return numbers?.length === channels ? numbers : undefined
}

/** Numbers of a model are float32: 0.0078125 is exact, 1 / 255 is not. */
function rounded(value: number): number {
  return Number(value.toPrecision(6)) + 0
}

/** The order of a network's channels where its numbers tell: those of ImageNet differ from channel to channel. */
export function orderOf({ mean }: BuiltInNormalisation): 'rgb' | 'bgr' | undefined {
  const { mean: known } = PRESETS.imagenet
  const unit = mean.every(value => value <= 1) ? 255 : 1
  const near = (numbers: readonly number[]) =>
    mean.length === 3 && numbers.every((value, c) => Math.abs(value - mean[c]! * unit) < 0.5)
  if (near(known)) return 'rgb'
  return near([...known].reverse()) ? 'bgr' : undefined
}

/** `(x - 127.5) / 128`, of each channel where they differ. */
export function describeBuiltIn({ mean, std }: BuiltInNormalisation): string {
  const numbers = (values: readonly number[]) =>
    values.every(value => value === values[0]) ? `${values[0]}` : `[${values.join(', ')}]`
  return `(x - ${numbers(mean)}) / ${numbers(std)}`
}

/** What the input is, as people say it to `--preprocess`: 0 to 255, or 0 to 1 where the numbers are of that size. */
export function inputUnits({ mean, std }: BuiltInNormalisation): { std: number; text: string } {
  const small = mean.every(value => Math.abs(value) <= 1) && std.every(value => value <= 1)
  // x / 255 itself, or x alone, has a mean of 0 and a std of 255 or 1: that takes 0 to 255.
  const unit = small && mean.some(value => value !== 0)
  return unit ? { std: 255, text: 'mean=0 std=255' } : { std: 1, text: 'raw' }
}
