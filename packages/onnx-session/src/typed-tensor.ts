/** The element types that models are given and give back here. A bool is one byte, 0 or 1; a float16 its bits (see float16.ts of weight-files). */
export type TensorDtype = keyof typeof ARRAY_OF

/** The typed array that holds each element type. */
export const ARRAY_OF = {
  uint8: Uint8Array,
  int8: Int8Array,
  uint16: Uint16Array,
  int16: Int16Array,
  uint32: Uint32Array,
  int32: Int32Array,
  uint64: BigUint64Array,
  int64: BigInt64Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  bool: Uint8Array,
} as const

export type TensorValues =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array

/** Values in row-major order; `data.length` is the product of `shape` (1 for a scalar, whose shape is []). */
export interface TypedTensor {
  dtype: TensorDtype
  shape: readonly number[]
  data: TensorValues
}

/** An input or output as the model declares it; null stands for a dimension that may be any size. */
export interface ValueInfo {
  name: string
  dtype: TensorDtype
  shape: readonly (number | null)[]
}

/** An output that cannot be given here: texts, a number type that onnxruntime-node does not know, a sequence. */
export interface OtherOutput {
  name: string
  type: string
}

/** The number of elements that a shape holds. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, dimension) => size * dimension, 1)
}

/** `float32 [*, 3, 112, 112]` */
export function describe(value: { dtype: string; shape: readonly (number | null)[] }): string {
  return `${value.dtype} [${value.shape.map(dimension => dimension ?? '*').join(', ')}]`
}
