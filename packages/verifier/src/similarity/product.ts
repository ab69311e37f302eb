import { openSession } from '@tiny-face/onnx-session'
import { bytesField, intField, message } from '@tiny-face/protobuf-wire'

/** Rows of one length, one after another: `[rows, size]`. */
export interface Matrix {
  readonly rows: number
  readonly size: number
  readonly data: Float32Array
}

/** Columns whose largest product is told as one: a reader who looks for large ones then skips nearly all. */
export const MAXIMUM_COLUMNS = 64

/** The matrix product, by onnxruntime: 20 times as fast as loops here. */
export interface Product {
  /**
   * Every row of `a` by every row of `b`: `a bᵀ`, in single precision. Nothing is copied.
   *
   * @param into takes the products, `[a.rows, b.rows]`
   * @param maxima takes the largest of every MAXIMUM_COLUMNS of them, `[a.rows, maximumColumns(b.rows)]`
   * @throws TypeError where sizes do not fit, or memory is the same
   */
  multiply(a: Matrix, b: Matrix, into: Float32Array, maxima?: Float32Array): Promise<void>
  close(): Promise<void>
}

export async function openProduct(): Promise<Product> {
  const session = await openSession(productModel())
  return {
    async multiply(a, b, into, maxima) {
      const product = tensor([a.rows, b.rows], into)
      const feeds = { a: tensor([a.rows, a.size], a.data), b: tensor([b.rows, b.size], b.data) }
      if (maxima === undefined) await session.run(feeds, { product }, ['product'])
      else await session.run(feeds, { product, maxima: tensor([1, a.rows, maximumColumns(b.rows)], maxima) })
    },
    close: () => session.close(),
  }
}

/** How many maxima there are of so many columns. */
export function maximumColumns(columns: number): number {
  return Math.ceil(columns / MAXIMUM_COLUMNS)
}

/** How far off a product of two templates in single precision can be (Higham, "Accuracy and Stability of Numerical Algorithms", 3.5). */
export function productError(size: number): number {
  return (size + 2) * 2 ** -23
}

function tensor(shape: number[], data: Float32Array) {
  return { dtype: 'float32', shape, data } as const
}

/**
 * An ONNX model of `product = a bᵀ`, which is Gemm with transB, and of `maxima`, which is MaxPool along the rows of that. Field numbers
 * of onnx.proto:
 *
 *   ModelProto      1 ir_version  7 graph  8 opset_import {2 version}
 *   GraphProto      1 node {1 input, 2 output, 4 op_type, 5 attribute {1 name, 3 i, 8 ints, 20 type}}  2 name  11 input  12 output
 *   ValueInfoProto  1 name  2 type {1 tensor_type {1 elem_type, 2 shape {1 dim {2 dim_param}}}}
 */
function productModel(): Uint8Array {
  const text = (field: number, value: string) => bytesField(field, Buffer.from(value))
  const whole = (name: string, value: number) =>
    bytesField(5, message(text(1, name), intField(3, value), intField(20, INT)))
  const wholes = (name: string, value: number) =>
    bytesField(5, message(text(1, name), intField(8, value), intField(20, INTS)))
  const node = (op: string, inputs: string[], output: string, ...attributes: Uint8Array[]) => {
    const names = [...inputs.map(input => text(1, input)), text(2, output), text(4, op)]
    return bytesField(1, message(...names, ...attributes))
  }
  const value = (field: number, name: string, ...dimensions: string[]) => {
    const shape = message(...dimensions.map(dimension => bytesField(1, text(2, dimension))))
    const type = message(intField(1, FLOAT), bytesField(2, shape))
    return bytesField(field, message(text(1, name), bytesField(2, bytesField(1, type))))
  }
  const width = (name: string) => wholes(name, MAXIMUM_COLUMNS)
  const graph = message(
    node('Gemm', ['a', 'b'], 'product', whole('transB', 1)),
    node('Unsqueeze', ['product'], 'channels', wholes('axes', 0)),
    node('MaxPool', ['channels'], 'maxima', width('kernel_shape'), width('strides'), whole('ceil_mode', 1)),
    text(2, 'product'),
    value(11, 'a', 'rows', 'size'),
    value(11, 'b', 'columns', 'size'),
    value(12, 'product', 'rows', 'columns'),
    value(12, 'maxima', 'one', 'rows', 'parts'),
  )
  return message(intField(1, 8), bytesField(7, graph), bytesField(8, intField(2, OPSET)))
}

/** The last whose Unsqueeze has its axes as an attribute, not as one more tensor. */
const OPSET = 11
/** AttributeProto.AttributeType */
const INT = 2
const INTS = 7
/** TensorProto.DataType */
const FLOAT = 1
