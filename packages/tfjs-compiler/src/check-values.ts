import type { TensorType, TypedValues } from './executable.js'
import type { DType } from './graph/graph.js'

const ARRAY_OF = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const satisfies Record<
  DType,
  unknown
>

/** @throws TypeError where the values are not those of a tensor of this type and shape */
export function checkValues(
  name: string,
  { shape, dtype }: TensorType,
  values?: TypedValues,
): asserts values is TypedValues {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const found = values ? `${values.length} values in a ${values.constructor.name}` : 'nothing'
  if (!(values instanceof ARRAY_OF[dtype]) || values.length !== size)
    throw new TypeError(`${name}: expected ${dtype}[${shape}], found ${found}`)
}
