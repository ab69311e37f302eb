/** A graph as a model file for others: standard operators, weights inside, a batch of any size. */
import type { ConstantData, Graph } from '../../graph/graph.js'
import { STANDARD_OPERATORS } from './available-operators.js'
import { lower } from './lower.js'
import { encodeModel } from './model-file.js'

export interface ExportOptions {
  /** Values of the inputs that become constants, in tfjs's own layout. */
  readonly weights: Readonly<Record<string, ConstantData>>
  readonly metadata?: Readonly<Record<string, string>>
}

/**
 * The bytes of an .onnx file. Images among the inputs are taken as [batch, channels, height, width], as face networks elsewhere
 * have them; the outputs are as the graph has them. A graph that was traced for `'batch'` takes a batch of any size.
 *
 * @throws UnsupportedKernel for a kernel without a rule; Error for one that needs the size of the batch as a number
 */
export function exportOnnx(graph: Graph, { weights, metadata }: ExportOptions): Uint8Array {
  for (const name of Object.keys(weights))
    if (!graph.inputs.has(name)) throw new Error(`weight ${name} is no input of the graph`)
  const images = [...graph.inputs].filter(([name, value]) => !(name in weights) && value.shape.length === 4)
  const inputLayouts = Object.fromEntries(images.map(([name]) => [name, 'nchw' as const]))
  return encodeModel(
    lower(graph, { operators: STANDARD_OPERATORS, name: 'network', inputLayouts, weights, metadata }).model,
  )
}
