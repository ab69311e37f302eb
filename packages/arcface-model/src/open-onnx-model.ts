import { say } from '@tiny-face/command-shell'
import { type OnnxSession, openSession, type TypedTensor } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import type { FaceModel } from './face-model.js'
import { inputSize } from './network-input.js'
import { chooseNormalisation, holdsNormalised } from './onnx/choose-normalisation.js'
import { embeddingOutput, embeddingsOf } from './onnx/embedding-output.js'
import { type ImageInput, imageInput } from './onnx/image-input.js'
import { INPUT_TYPE_NAMES, isInputType, toInputType } from './onnx/number-types.js'
import { showValue } from './onnx/show-values.js'
import { PREPROCESS_KEY, type Preprocess, parsePreprocess, wishedOver } from './preprocess.js'
import type { PreprocessWish } from './preprocess-text.js'
import type { PreprocessName } from './typed-names.js'

export interface OnnxModelOptions {
  /** How the input is normalised, its layout and size: goes before what the model says. */
  preprocess?: PreprocessName | PreprocessWish | undefined
  /** The name of the output that is the embedding, where several can be. */
  output?: string | undefined
  threads?: number | undefined
  /** What messages call the model. */
  file?: string
  /** Told what is taken without being asked for; stderr where left out. */
  remark?: (text: string) => void
}

/**
 * Opens an ONNX file, or its bytes under the name `file`. What it is comes from the model itself and, where that does not say, from
 * `preprocess` and `output`; nothing is guessed that could be wrong: it is refused with what there is to choose from. What is taken
 * without being asked for is said on stderr.
 *
 * - input: `[batch, 3, height, width]` or `[batch, height, width, 3]` (or 1 channel of grey), of any number type;
 *   flags beside it (`phase_train`) are false
 * - output: `[batch, size]`, also with axes of 1, or `[size]`; checked after every run
 * - normalisation: as asked for, else as the metadata says, else what the graph itself does to its input
 *
 * @throws DataError where the model is damaged, or takes or gives something else, or what it is cannot be told
 */
export async function openOnnxModel(
  model: string | Uint8Array,
  {
    preprocess,
    output: outputName,
    threads,
    file = typeof model === 'string' ? model : 'ONNX model',
    remark = say,
  }: OnnxModelOptions = {},
): Promise<FaceModel> {
  const session = await openSession(model, { spinning: false, ...(threads === undefined ? {} : { threads }) })
  try {
    return faceModel(session, { preprocess, outputName, file, remark })
  } catch (error) {
    await session.close()
    throw error
  }
}

interface Opened {
  preprocess: PreprocessName | PreprocessWish | undefined
  outputName: string | undefined
  file: string
  remark: (text: string) => void
}

function faceModel(session: OnnxSession, { preprocess, outputName, file, remark }: Opened): FaceModel {
  const text = session.metadata[PREPROCESS_KEY]
  const stored: Partial<Preprocess> = text === undefined ? {} : parsePreprocess(text, file)
  const known = wishedOver(stored, preprocess)
  const image = imageInput(file, session.inputs, known)
  checkSaid(file, image, stored, known)
  const normalisation = chooseNormalisation(file, session.graph, image, {
    known,
    asked: preprocess !== undefined,
    remark,
  })
  const { value, shape, batch, freeSize, usualSize, extents, flags } = image
  const { name, dtype } = value
  if (!isInputType(dtype))
    throw new DataError({ file, expected: `an image of ${INPUT_TYPE_NAMES.join(', ')}`, found: showValue(value) })
  const output = embeddingOutput(file, session, { name: outputName, batch })
  if (usualSize)
    remark(
      `${file}: takes images of any size, and is given ${shape.width}x${shape.height}; --preprocess size= says another`,
    )
  for (const flag of Object.keys(flags)) remark(`${file}: its input ${flag} is given false`)

  let size: number | undefined
  const run = async (data: Float32Array, images: number): Promise<Float32Array> => {
    const input: TypedTensor = { dtype, shape: extents(images), data: toInputType(data, dtype) }
    const results = await session.run({ [name]: input, ...flags }, {}, [output.name])
    const values = embeddingsOf(file, output, results[output.name]!, { rows: images, size })
    size = values.length / images
    return values
  }
  const each = async (data: Float32Array, images: number): Promise<Float32Array> => {
    const one = inputSize(shape)
    const vectors: Float32Array[] = []
    for (let i = 0; i < images; i++) vectors.push(await run(data.slice(i * one, (i + 1) * one), 1))
    const values = new Float32Array(images * size!)
    for (const [i, vector] of vectors.entries()) values.set(vector, i * size!)
    return values
  }
  let oneByOne = false
  return {
    file,
    files: session.files,
    shape,
    freeSize,
    normalisation,
    alignment: stored.alignment ?? 'arcface',
    accepts: other => holdsNormalised(dtype, other),
    batch,
    async embed(data, images) {
      if (images === 1 || batch !== null) return run(data, images)
      if (oneByOne) return each(data, images)
      try {
        return await run(data, images)
      } catch (error) {
        if (!(error instanceof DataError)) throw error
        // Many a model says that it takes any batch, and was made for one image. What fails for one image as well is thrown from here.
        const values = await each(data, images)
        oneByOne = true
        remark(
          `${file}: takes no batch of ${images}, so that images go through it one by one (${error.fault.message ?? `expected ${error.expected}, found ${error.found}`})`,
        )
        return values
      }
    },
    close: () => session.close(),
  }
}

/** Where the input itself says its layout and size, what is said of them besides must be the same. */
function checkSaid(
  file: string,
  { value, shape }: ImageInput,
  stored: Partial<Preprocess>,
  known: Partial<Preprocess>,
) {
  for (const [whose, said] of [
    [`its ${PREPROCESS_KEY} names`, stored],
    ['--preprocess names', known],
  ] as const) {
    const { layout = shape.layout, size } = said
    const fits = size === undefined || (size === shape.height && size === shape.width)
    // A size that is asked for goes before the stored one where both may be.
    const replaced = said === stored && known.size !== stored.size && known.size === shape.height
    if (layout === shape.layout && (fits || replaced)) continue
    throw new DataError({
      file,
      expected: `the input that ${whose}, ${layout}${size === undefined ? '' : ` of ${size}x${size}`}`,
      found: showValue(value),
    })
  }
}
