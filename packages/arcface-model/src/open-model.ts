import { type OnnxSession, openSession, type ValueInfo } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/record-stream'
import {
  type InputShape,
  type Normalisation,
  PREPROCESS_KEY,
  PRESETS,
  type PreprocessName,
  parsePreprocess,
} from './preprocess.js'
import { modelFile } from './run-folder.js'

/** A network that makes an embedding of a face, ready to run. */
export interface FaceModel {
  file: string
  session: OnnxSession
  /** Names of its input and of the output that is the embedding. */
  input: string
  output: string
  shape: InputShape
  normalisation: Normalisation
  /** The batch size that is built into the model; null where any will do. */
  batch: number | null
}

/**
 * Opens a network: an ONNX file, or the model in a run's folder. Input layout and image size come from the model's input,
 * `[batch, 3, height, width]` or `[batch, height, width, 3]`; the normalisation from the preset where one is named, else
 * from the model's metadata.
 *
 * @throws DataError where the model is damaged, or takes or gives something else, or its preprocessing is not known
 */
export async function openModel(
  modelOrRun: string,
  { preprocess, threads }: { preprocess?: PreprocessName; threads?: number } = {},
): Promise<FaceModel> {
  const file = modelFile(modelOrRun)
  const session = await openSession(file, threads === undefined ? {} : { threads })
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
  return {
    file,
    session,
    input: input.name,
    output: output.name,
    shape,
    normalisation,
    batch: input.shape[0] ?? null,
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
