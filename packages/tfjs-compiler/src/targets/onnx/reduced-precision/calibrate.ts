import { openSession } from '@tiny-face/onnx-session'
import { encodeModel, type OnnxModel, type OnnxNode, type OnnxTensor } from '../model-file.js'
import { quantisedTensors, type ValueRange } from './quantise.js'

/** Inputs as the network will see them, to measure ranges on. */
export interface CalibrationBatch {
  /** `[batch, channels, height, width]` */
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * The ranges of the tensors that are to pass in int8, measured on inputs as the network will see them: the mean over the batches of each
 * batch's least and greatest value, so that a single extreme does not widen the steps of all.
 *
 * @param batches of the model's one input
 * @throws RangeError where there are none
 */
export async function calibrate(
  model: OnnxModel,
  batches: AsyncIterable<CalibrationBatch>,
): Promise<Map<string, ValueRange>> {
  const tensors = quantisedTensors(model)
  const session = await openSession(encodeModel(observed(model, tensors)))
  const input = model.inputs[0]!.name
  const least = new Float64Array(tensors.length)
  const greatest = new Float64Array(tensors.length)
  let count = 0
  for await (const { shape, data } of batches) {
    const results = await session.run({ [input]: { dtype: 'float32', shape, data } })
    const [lows, highs] = [results.least!.data as Float32Array, results.greatest!.data as Float32Array]
    for (let i = 0; i < tensors.length; i++) {
      least[i]! += lows[i]!
      greatest[i]! += highs[i]!
    }
    count++
  }
  await session.close()
  if (count === 0) throw new RangeError('nothing to calibrate on')
  return new Map(tensors.map((name, i) => [name, [least[i]! / count, greatest[i]! / count]]))
}

/** The model with two outputs instead of its own: the least and the greatest value of each tensor. */
function observed(model: OnnxModel, tensors: readonly string[]): OnnxModel {
  const one: OnnxTensor = { name: 'observed/one', type: 'int64', shape: [1], data: BigInt64Array.of(1n) }
  const nodes: OnnxNode[] = []
  const add = (op: string, inputs: readonly string[], output: string, attributes: OnnxNode['attributes']) => {
    nodes.push({ op, domain: '', inputs, outputs: [output], attributes })
    return output
  }
  for (const [op, output] of [
    ['ReduceMin', 'least'],
    ['ReduceMax', 'greatest'],
  ] as const) {
    const values = tensors.map((name, i) =>
      add('Reshape', [add(op, [name], `${output}/${i}`, { keepdims: 0 }), one.name], `${output}/${i}/vector`, {}),
    )
    add('Concat', values, output, { axis: 0 })
  }
  return {
    ...model,
    nodes: [...model.nodes, ...nodes],
    initializers: [...model.initializers, one],
    outputs: ['least', 'greatest'].map(name => ({ name, type: 'float32', shape: [tensors.length] })),
  }
}
