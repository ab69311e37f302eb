/** A graph as a model file for others: standard operators, weights inside, a batch of any size. */
import type { ConstantData, Graph } from '../../graph/graph.js'
import { STANDARD_OPERATORS } from './available-operators.js'
import { lower } from './lower.js'
import { encodeModel, type OnnxModel } from './model-file.js'
import { type CalibrationBatch, calibrate } from './reduced-precision/calibrate.js'
import { foldBatchNorm } from './reduced-precision/fold-batch-norm.js'
import { foldConstantReshapes } from './reduced-precision/fold-constant-reshapes.js'
import { halfPrecision } from './reduced-precision/half-precision.js'
import { quantise } from './reduced-precision/quantise.js'

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
export function exportOnnx(graph: Graph, options: ExportOptions): Uint8Array {
  return encodeModel(toOnnx(graph, options))
}

/** The same in float16, but for its inputs and outputs. */
export function exportHalfPrecision(graph: Graph, options: ExportOptions): Uint8Array {
  return encodeModel(halfPrecision(folded(toOnnx(graph, options))))
}

/** The same in int8 where that is most of the work, in steps that suit what `batches` of its one input make of it: see quantise.ts. */
export async function exportQuantised(
  graph: Graph,
  options: ExportOptions,
  batches: AsyncIterable<CalibrationBatch>,
): Promise<Uint8Array> {
  const model = folded(toOnnx(graph, options))
  return encodeModel(quantise(model, await calibrate(model, batches)))
}

const folded = (model: OnnxModel) => foldBatchNorm(foldConstantReshapes(model))

function toOnnx(graph: Graph, { weights, metadata }: ExportOptions): OnnxModel {
  for (const name of Object.keys(weights))
    if (!graph.inputs.has(name)) throw new Error(`weight ${name} is no input of the graph`)
  const images = [...graph.inputs].filter(([name, value]) => !(name in weights) && value.shape.length === 4)
  const inputLayouts = Object.fromEntries(images.map(([name]) => [name, 'nchw' as const]))
  return lower(graph, { operators: STANDARD_OPERATORS, name: 'network', inputLayouts, weights, metadata }).model
}
