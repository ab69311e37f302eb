/** Proves oneDNN: products of matrices in float32, and in bfloat16 where the processor multiplies those. */

import {
  createPrimitive,
  describe,
  type ElementType,
  loadLibrary,
  NativeMemory,
  prepareCall,
} from '@tiny-face/onednn-session'
import { processorFeatures } from '../processor-features.js'
import { checkedRow, milliseconds, numbers, product, prove, relativeError } from './proof-tools.js'

const SHAPE = [96, 160, 64] as const
/** Of sums of 160 products in float32, whatever the operands are. */
const TOLERANCE = 1e-5

await prove(file => {
  const library = loadLibrary(file)
  const types: ElementType[] = processorFeatures().bf16 ? ['f32', 'bf16'] : ['f32']
  const implementations: string[] = []
  const table = types.map(type => {
    const { error, time, implementation } = multiply(type)
    implementations.push(implementation)
    return checkedRow(`matmul ${SHAPE.join('x')} ${type}`, error, TOLERANCE, time)
  })
  return { said: `oneDNN ${library.version}, ${implementations.join(' and ')}`, table }

  function multiply(type: ElementType) {
    const [rows, inner, columns] = SHAPE
    const tensor = (shape: readonly number[], elements: ElementType) => {
      const descriptor = describe(library, shape, elements, 'ab'.slice(0, shape.length))
      const memory = new NativeMemory(descriptor.bytes)
      return { descriptor, memory, address: memory.address }
    }
    const [src, weights, dst] = [
      tensor([rows, inner], type),
      tensor([inner, columns], type),
      tensor([rows, columns], 'f32'),
    ]
    const [a, b] = [numbers(rows * inner, 1), numbers(inner * columns, 2)].map(values => rounded(values, type))
    write(src.memory, a!, type)
    write(weights.memory, b!, type)
    const primitive = createPrimitive(library, {
      kind: 'matmul',
      src: src.descriptor,
      weights: weights.descriptor,
      dst: dst.descriptor,
    })
    const scratchpad = tensor([Math.max(1, primitive.scratchpadBytes)], 'u8')
    const call = prepareCall(library, primitive, { src, weights, dst, scratchpad })
    const time = milliseconds(() => call.run())
    const found = new Float32Array(dst.memory.view(0, rows * columns * 4))
    return { error: relativeError(found, product(a!, b!, SHAPE)), time, implementation: primitive.implementation }
  }
})

/** bfloat16 is the upper half of a float32. */
function rounded(values: Float32Array, type: ElementType): Float32Array {
  if (type === 'f32') return values
  return new Float32Array(new Uint32Array(values.buffer).map(bits => bits & 0xffff_0000).buffer)
}

function write(memory: NativeMemory, values: Float32Array, type: ElementType): void {
  if (type === 'f32') new Float32Array(memory.view(0, values.byteLength)).set(values)
  else
    new Uint16Array(memory.view(0, values.length * 2)).set(new Uint16Array(values.buffer).filter((_, i) => i % 2 === 1))
}
