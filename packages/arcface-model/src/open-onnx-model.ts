import { openSession, type ValueInfo } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import type { FaceModel } from './face-model.js'
import type { InputShape } from './network-input.js'
import { PREPROCESS_KEY, PRESETS, parsePreprocess } from './preprocess.js'
import type { PreprocessName } from './typed-names.js'

/**
 * Opens an ONNX file, or its bytes under the name `file`. Input layout and image size come from the model's input,
 * `[batch, 3, height, width]` or `[batch, height, width, 3]`; the normalisation from the preset where one is named, else
 * from the model's metadata.
 *
 * @throws DataError where the model is damaged, or takes or gives something else, or its preprocessing is not known
 */
export async function openOnnxModel(
  model: string | Uint8Array,
  {
    preprocess,
    threads,
    file = typeof model === 'string' ? model : 'ONNX model',
  }: { preprocess?: PreprocessName | undefined; threads?: number | undefined; file?: string } = {},
): Promise<FaceModel> {
  const session = await openSession(model, threads === undefined ? {} : { threads })
  const input = onlyInput(file, session.inputs)
  const output = session.outputs.find(({ dtype, shape }) => dtype === 'float32' && shape.length === 2)
  if (!output)
    throw new DataError({
      file,
      expected: 'an output of float32 [batch, size]',
      found: session.outputs.map(show).join(', '),
    })
  const shape = imageShape(file, input)
  const text = session.metadata[PREPROCESS_KEY]
  const stored = text === undefined ? undefined : parsePreprocess(text, file)
  if (stored && (stored.layout !== shape.layout || stored.size !== shape.height || stored.size !== shape.width))
    throw new DataError({
      file,
      expected: `the input that its ${PREPROCESS_KEY} names, ${stored.layout} of ${stored.size}x${stored.size}`,
      found: show(input),
    })
  const normalisation = preprocess === undefined ? stored : PRESETS[preprocess]
  if (!normalisation)
    throw new DataError({
      file,
      message: `the model does not say how its input is normalised; name it with --preprocess (${Object.keys(PRESETS).join(', ')})`,
    })
  const { layout, height, width } = shape
  return {
    file,
    shape,
    normalisation,
    batch: input.shape[0] ?? null,
    async embed(data, images) {
      const extents = layout === 'nchw' ? [images, 3, height, width] : [images, height, width, 3]
      const results = await session.run({ [input.name]: { dtype: 'float32', shape: extents, data } })
      return results[output.name]!.data as Float32Array
    },
    close: () => session.close(),
  }
}

function onlyInput(file: string, inputs: readonly ValueInfo[]): ValueInfo {
  const [input] = inputs
  if (!input || inputs.length > 1)
    throw new DataError({
      file,
      expected: 'a model with one input',
      found: `${inputs.length}: ${inputs.map(show).join(', ')}`,
    })
  return input
}

function imageShape(file: string, input: ValueInfo): InputShape {
  const [, a, b, c] = input.shape
  if (input.dtype === 'float32' && input.shape.length === 4) {
    if (a === 3 && b && c) return { layout: 'nchw', height: b, width: c }
    if (c === 3 && a && b) return { layout: 'nhwc', height: a, width: b }
  }
  throw new DataError({
    file,
    expected: 'an input of float32 [batch, 3, height, width] or [batch, height, width, 3] with fixed height and width',
    found: show(input),
  })
}

function show({ name, dtype, shape }: ValueInfo): string {
  return `${name} ${dtype} [${shape.map(size => size ?? '*').join(', ')}]`
}
