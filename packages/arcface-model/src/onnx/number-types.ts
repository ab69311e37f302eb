/* A network's input and output in other number types than float32, which is what everything else here computes in. */
import { fromFloat16, type TensorDtype, type TensorValues, toFloat16 } from '@tiny-face/onnx-session'

/** What an input may be of: each with the array that holds it, and for whole numbers the least and the greatest. */
const INPUT_TYPES = {
  float32: (values: Float32Array) => values,
  float16: toFloat16,
  float64: (values: Float32Array) => Float64Array.from(values),
  uint8: (values: Float32Array) => Uint8Array.from(values),
  int8: (values: Float32Array) => Int8Array.from(values),
  uint16: (values: Float32Array) => Uint16Array.from(values),
  int16: (values: Float32Array) => Int16Array.from(values),
  int32: (values: Float32Array) => Int32Array.from(values),
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 2 ** 16 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
}

export type InputType = keyof typeof INPUT_TYPES

export const INPUT_TYPE_NAMES = Object.keys(INPUT_TYPES) as InputType[]

export function isInputType(dtype: TensorDtype): dtype is InputType {
  return Object.hasOwn(INPUT_TYPES, dtype)
}

/** Whether a type holds these numbers: a type of whole numbers holds whole ones of its range alone. */
export function holds(dtype: InputType, values: Float32Array): boolean {
  const range = RANGES[dtype]
  return range === undefined || values.every(value => Number.isInteger(value) && value >= range[0] && value <= range[1])
}

export function toInputType(values: Float32Array, dtype: InputType): TensorValues {
  return INPUT_TYPES[dtype](values)
}

/** All but bool: a yes or no is no embedding. */
export function isNumberType(dtype: TensorDtype): boolean {
  return dtype !== 'bool'
}

/** As float32: exact for all but float64 and whole numbers beyond 2^24, which are rounded. */
export function fromNumberType(values: TensorValues, dtype: TensorDtype): Float32Array {
  if (values instanceof Float32Array) return values
  if (dtype === 'float16') return fromFloat16(values as Uint16Array)
  return Float32Array.from(values as Iterable<number | bigint>, Number)
}
