import { NUMBER_BYTES, toFloat32 } from '../number-types.js'
import { lastOf, type TorchTensor } from './torch-dialect.js'

/**
 * A tensor's numbers, row by row, out of its storage.
 *
 * @param bytesOf `length` bytes of the storage from `start` on
 */
export function readTensor(
  tensor: TorchTensor,
  bytesOf: (start: number, length: number) => Uint8Array,
  littleEndian: boolean,
): Float32Array {
  const { storage, offset, shape, strides } = tensor
  const count = shape.reduce((product, extent) => product * extent, 1)
  if (count === 0) return new Float32Array()
  const size = NUMBER_BYTES[storage.type]
  const bytes = bytesOf(offset * size, (lastOf(tensor) + 1 - offset) * size)
  const stored = toFloat32(bytes, storage.type, littleEndian)
  return isContiguous(shape, strides) ? stored : gathered(stored, shape, strides, count)
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false
    expected *= shape[axis]!
  }
  return true
}

function gathered(
  stored: Float32Array,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array {
  const values = new Float32Array(count)
  const index = shape.map(() => 0)
  let from = 0
  for (let to = 0; to < count; to++) {
    values[to] = stored[from]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return values
}
