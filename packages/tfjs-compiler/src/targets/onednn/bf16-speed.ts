/**
 * Whether this processor multiplies bf16 faster than f32. Its flags do not tell: with AMX it is several times faster, on a Zen 5
 * twice, but an Intel processor whose AMX is not to be had (in a virtual machine, say) does it at half the speed of f32.
 */
import {
  createPrimitive,
  describe,
  destroyDescriptor,
  destroyPrimitive,
  loadLibrary,
  NativeMemory,
  prepareCall,
  setThreads,
} from '@tiny-face/onednn-session'

/** Rows and columns of the matrices: a product takes some milliseconds. */
const SIZE = 512
const ROUNDS = 5

const known = new Map<string, boolean>()

/** Times a product of both kinds, in turns, the shortest of five; a second question for the same library is answered at once. */
export function multipliesBf16Faster(libraryFile: string): boolean {
  const answer = known.get(libraryFile) ?? measure(libraryFile)
  known.set(libraryFile, answer)
  return answer
}

function measure(libraryFile: string): boolean {
  const library = loadLibrary(libraryFile)
  const before = setThreads(library, 1)
  const products = (['bf16', 'f32'] as const).map(type => {
    const matrix = describe(library, [SIZE, SIZE], type, 'ab')
    const result = describe(library, [SIZE, SIZE], 'f32', 'ab')
    const primitive = createPrimitive(library, { kind: 'matmul', src: matrix, weights: matrix, dst: result })
    const scratchpad = primitive.descriptorOf('scratchpad')
    const memory = new NativeMemory(2 * matrix.bytes + result.bytes + scratchpad.bytes)
    const at = (descriptor: typeof matrix, offset: number) => ({ descriptor, address: memory.address + BigInt(offset) })
    const call = prepareCall(library, primitive, {
      src: at(matrix, 0),
      weights: at(matrix, matrix.bytes),
      dst: at(result, 2 * matrix.bytes),
      scratchpad: at(scratchpad, 2 * matrix.bytes + result.bytes),
    })
    call.run()
    const free = () => {
      call.destroy()
      destroyPrimitive(library, primitive)
      for (const descriptor of [matrix, result]) destroyDescriptor(library, descriptor)
      memory.free()
    }
    return { call, free, shortest: Number.POSITIVE_INFINITY }
  })
  for (let round = 0; round < ROUNDS; round++)
    for (const product of products) {
      const started = performance.now()
      product.call.run()
      product.shortest = Math.min(product.shortest, performance.now() - started)
    }
  const [bf16, f32] = products as [(typeof products)[0], (typeof products)[0]]
  for (const { free } of products) free()
  setThreads(library, before)
  return bf16.shortest < f32.shortest
}
