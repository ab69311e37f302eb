/* Which of a model's outputs is the embedding, and whether what it gave is one. */
import type { OnnxSession, TypedTensor, ValueInfo } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import { fromNumberType, isNumberType } from './number-types.js'
import { showValue, showValues } from './show-values.js'

/** Numbers of an embedding: networks give 64 to 4096. */
export const MAX_EMBEDDING_SIZE = 2 ** 16

/**
 * The output that is the embedding: the one that is asked for by name, else the only one that can be.
 *
 * @param batch the images of a run; null where any number will do
 * @throws DataError that lists the outputs, where none can be or several can
 */
export function embeddingOutput(
  file: string,
  { outputs, otherOutputs }: Pick<OnnxSession, 'outputs' | 'otherOutputs'>,
  { name, batch }: { name?: string | undefined; batch: number | null },
): ValueInfo {
  const others = otherOutputs.map(output => `${output.name} of ${output.type}`)
  const all = [showValues(outputs), ...others].join(', ')
  if (name !== undefined) {
    const named = outputs.find(output => output.name === name)
    if (named === undefined || !isNumberType(named.dtype))
      throw new DataError({ file, expected: `an output of numbers that is called ${name}`, found: all })
    return named
  }
  const [only] = outputs
  if (only && outputs.length === 1 && others.length === 0 && isNumberType(only.dtype) && mayBe(only, batch)) return only
  const able = outputs.filter(output => isEmbedding(output, batch))
  if (able.length === 1) return able[0]!
  if (able.length > 1)
    throw new DataError({
      file,
      message: `several of its outputs can be the embedding: ${able.map(showValue).join(', ')}; name one with --output`,
    })
  throw new DataError({ file, expected: 'an output of [batch, size] numbers', found: all })
}

/** Whether an output declares itself as one vector of more than one number for each image. */
function isEmbedding({ dtype, shape }: ValueInfo, batch: number | null): boolean {
  if (!/^float|^u?int8$/.test(dtype)) return false
  if (shape.length === 1) return (batch ?? 1) === 1 && shape[0] !== null && shape[0]! > 1
  const [rows, ...rest] = shape
  if (rest.length === 0 || rest.filter(extent => extent !== 1).length !== 1) return false
  // A batch of 1 stands in many a model that takes any.
  return rows === null || rows === (batch ?? 1)
}

/** The same of the only output: a shape that is not known, and a size that is not, may be right, and are found out. */
function mayBe(output: ValueInfo, batch: number | null): boolean {
  const { dtype, shape } = output
  if (isEmbedding(output, batch)) return true
  return dtype.startsWith('float') && (shape.length === 0 || (shape.length === 1 && shape[0] === null))
}

/**
 * What a run gave, as `[rows, size]` flat.
 *
 * @param size that of embeddings before, where there were any
 * @throws DataError where it is not what the model declares, or not one vector for each image
 */
export function embeddingsOf(
  file: string,
  output: ValueInfo,
  { dtype, shape, data }: TypedTensor,
  { rows, size }: { rows: number; size: number | undefined },
): Float32Array {
  const found = showValue({ name: output.name, dtype, shape })
  if (dtype !== output.dtype) throw new DataError({ file, expected: `an output of ${output.dtype}`, found })
  const [first, ...rest] = shape.length === 1 ? [1, ...shape] : shape
  const extents = rest.filter(extent => extent !== 1)
  if (first !== rows || extents.length !== 1 || extents[0] === 0)
    throw new DataError({ file, expected: `one vector for each of ${rows} images, [${rows}, size]`, found })
  const [length] = extents as [number]
  const declared = output.shape.length > 1 ? output.shape.slice(1) : output.shape
  const wanted = size ?? declared.find(extent => extent !== null && extent !== 1)
  if (wanted !== undefined && wanted !== null && wanted !== length) {
    const why = size === undefined ? 'as the model declares' : 'as before'
    throw new DataError({ file, expected: `embeddings of ${wanted} numbers, ${why}`, found: `${length}` })
  }
  if (length > MAX_EMBEDDING_SIZE)
    throw new DataError({ file, expected: `embeddings of at most ${MAX_EMBEDDING_SIZE} numbers`, found: `${length}` })
  return fromNumberType(data, dtype)
}
