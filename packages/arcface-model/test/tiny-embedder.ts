import { onnxModel } from '../../onnx-session/test/onnx-model.js'

/** A model whose embedding of an image is its own input, flattened: what a test must see to know what the network saw. */
export function tinyEmbedder(shape: (number | string)[], metadata: Record<string, string> = {}): Uint8Array {
  const size = shape.slice(1).reduce<number>((product, side) => product * Number(side), 1)
  return onnxModel({
    inputs: [{ name: 'face', dtype: 'float32', shape }],
    outputs: [{ name: 'vector', dtype: 'float32', shape: [shape[0]!, size] }],
    nodes: [{ op: 'Flatten', inputs: ['face'], outputs: ['vector'], attributes: { axis: 1 } }],
    metadata,
  })
}

/** Colour values that tell every place in every image apart well enough. */
export function testPixels(height: number, width: number, seed: number): Uint8Array {
  return Uint8Array.from({ length: height * width * 3 }, (_, i) => (i * 37 + seed * 101) % 256)
}
