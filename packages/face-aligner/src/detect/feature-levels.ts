/**
 * What YuNet and SCRFD have in common: three levels of a feature pyramid, each of which looks at the picture in square cells of its
 * stride, row by row.
 */
import type { TypedTensor } from '@tiny-face/onnx-session'
import { DataError } from '@tiny-face/safe-files'
import type { Size } from './detection-size.js'

/** The sides of the cells, in pixels. */
export const STRIDES = [8, 16, 32] as const

/** The next size that the cells of every level fill. */
export function paddedSize({ width, height }: Size): Size {
  const padded = (side: number) => Math.ceil(side / STRIDES[2]) * STRIDES[2]
  return { width: padded(width), height: padded(height) }
}

/** @throws DataError where a network's output is not float32, or not of the length that its picture gives it */
export function levelValues(
  outputs: Readonly<Record<string, TypedTensor>>,
  name: string,
  length: number,
  file: string,
): Float32Array {
  const { dtype, shape, data } = outputs[name]!
  if (data instanceof Float32Array && data.length === length) return data
  throw new DataError({
    file,
    expected: `${length} values of float32 from output ${name}`,
    found: `${dtype} [${shape.join(', ')}]`,
  })
}
