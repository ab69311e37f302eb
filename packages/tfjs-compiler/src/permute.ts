/** Values of a tensor whose axes are reordered: axis i of the result is axis `order[i]` of `shape`. */
export function permute<T extends Float32Array | Int32Array | Uint8Array>(
  values: T,
  shape: readonly number[],
  order: readonly number[],
): T {
  const result = values.slice() as T
  if (order.every((axis, index) => axis === index)) return result
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
  let position = 0
  const walk = (depth: number, offset: number): void => {
    const axis = order[depth]!
    const [extent, stride] = [shape[axis]!, strides[axis]!]
    const innermost = depth === order.length - 1
    for (let index = 0; index < extent; index++, offset += stride) {
      if (innermost) result[position++] = values[offset]!
      else walk(depth + 1, offset)
    }
  }
  walk(0, 0)
  return result
}

/** The order that undoes another. */
export function inverse(order: readonly number[]): number[] {
  return order.map((_, axis) => order.indexOf(axis))
}
