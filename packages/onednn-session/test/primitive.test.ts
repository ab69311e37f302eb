import t from 'tap'
import {
  createPrimitive,
  describe,
  destroyDescriptor,
  destroyPrimitive,
  loadLibrary,
  NativeMemory,
  prepareCall,
  reshape,
  sameLayout,
  setThreads,
  Unimplemented,
} from '../src/index.js'
import { libraryFile } from './library-file.js'
import { near, numbers, run, tensorsOf } from './tensor.js'

t.test('oneDNN', { skip: libraryFile === undefined }, async t => {
  const library = loadLibrary(libraryFile!)
  setThreads(library, 2)
  const tensor = tensorsOf(library)

  t.test('it is version 3, and the same library the second time', async t => {
    t.match(library.version, /^3\.\d+\.\d+$/)
    t.equal(loadLibrary(libraryFile!), library)
  })

  t.test('descriptors: bytes, blocks that are padded, views', async t => {
    const plain = describe(library, [2, 20, 3, 3], 'f32', 'abcd')
    t.equal(plain.bytes, 4 * 2 * 20 * 9)
    const blocked = describe(library, [2, 20, 3, 3], 'bf16', 'aBcd16b')
    t.equal(blocked.bytes, 2 * 2 * 32 * 9, '20 channels fill two blocks of 16')
    t.same(reshape(library, plain, [40, 9]).shape, [40, 9])
    t.ok(sameLayout(library, plain, describe(library, [2, 20, 3, 3], 'f32', [180, 9, 3, 1])))
    t.notOk(sameLayout(library, plain, describe(library, [2, 20, 3, 3], 'f32', 'acdb')))
    t.throws(() => describe(library, [2], 'f32', 'no-such-tag'), /oneDNN 3\.\S+ has no layout no-such-tag/)
    t.throws(() => reshape(library, blocked, [7]), /oneDNN: memory_desc_reshape: invalid arguments/)
    for (const descriptor of [plain, blocked]) destroyDescriptor(library, descriptor)
  })

  t.test('a primitive that works in a scratchpad is not run without one', async t => {
    const shape = describe(library, [1000, 1000], 'f32', 'ab')
    const product = createPrimitive(library, { kind: 'matmul', src: shape, weights: shape, dst: shape })
    const memory = new NativeMemory(shape.bytes)
    const at = { descriptor: shape, address: memory.address }
    t.ok(product.scratchpadBytes > 0, 'here it does')
    const message = `matmul: expected a scratchpad of ${product.scratchpadBytes} bytes, found none`
    t.throws(() => prepareCall(library, product, { src: at, weights: at, dst: at }), { name: 'TypeError', message })
    memory.free()
    destroyPrimitive(library, product)
    destroyDescriptor(library, shape)
  })

  t.test('reorder, also into blocks and into bf16 and back', async t => {
    const values = numbers(2 * 20 * 9)
    t.same(tensor([2, 20, 3, 3], 'f32', 'aBcd16b').write(values).read(), values)
    t.same(tensor([2, 20, 3, 3], 'f32', 'acdb').write(values).read(), values)
    near(t, tensor([2, 20, 3, 3], 'bf16', 'aBcd16b').write(values).read(), values, 'bf16', 2 ** -9)
  })

  t.test('convolution and both its gradients, by their sums', async t => {
    const [n, ci, co, size] = [2, 3, 4, 5] as const
    const x = numbers(n * ci * size * size)
    const w = numbers(co * ci * 9, 5)
    const dy = numbers(n * co * size * size, 9)
    const at = (b: number, c: number, channels: number, i: number, j: number) =>
      ((b * channels + c) * size + i) * size + j
    const [y, dx, dw] = [new Float64Array(dy.length), new Float64Array(x.length), new Float64Array(w.length)]
    for (let b = 0; b < n; b++)
      for (let o = 0; o < co; o++)
        for (let c = 0; c < ci; c++)
          for (let i = 0; i < size; i++)
            for (let j = 0; j < size; j++)
              for (let p = 0; p < 3; p++)
                for (let q = 0; q < 3; q++) {
                  const [row, column] = [i + p - 1, j + q - 1]
                  if (row < 0 || column < 0 || row >= size || column >= size) continue
                  const [out, inside, tap] = [
                    at(b, o, co, i, j),
                    at(b, c, ci, row, column),
                    ((o * ci + c) * 3 + p) * 3 + q,
                  ]
                  y[out]! += x[inside]! * w[tap]!
                  dx[inside]! += dy[out]! * w[tap]!
                  dw[tap]! += dy[out]! * x[inside]!
                }
    const window = { strides: [1, 1], dilations: [1, 1], before: [1, 1], after: [1, 1] }
    const [src, weights, dst] = [
      tensor([n, ci, size, size]).write(x),
      tensor([co, ci, 3, 3]).write(w),
      tensor([n, co, size, size]),
    ]
    const shapes = { src: src.descriptor, weights: weights.descriptor, dst: dst.descriptor, ...window }
    run(library, { kind: 'convolution', ...shapes }, { src, weights, dst })
    near(t, dst.read(), y, 'forward')
    dst.write(dy)
    const diffSrc = tensor([n, ci, size, size])
    run(library, { kind: 'convolutionBackwardData', ...shapes }, { diffDst: dst, weights, diffSrc })
    near(t, diffSrc.read(), dx, 'by the input')
    const diffWeights = tensor([co, ci, 3, 3])
    run(library, { kind: 'convolutionBackwardWeights', ...shapes }, { src, diffDst: dst, diffWeights })
    near(t, diffWeights.read(), dw, 'by the filter', 1e-4)
  })

  t.test('a sum in place, with factors: what an update is made of', async t => {
    const [v, g, p] = [
      tensor([1, 1000]).write(numbers(1000)),
      tensor([1, 1000]).write(numbers(1000, 3)),
      tensor([1, 1000]).write(numbers(1000, 7)),
    ]
    const decay = tensor([1], 'f32', 'a').write([0.25])
    const { descriptor } = v
    const sum = { kind: 'binary', algorithm: 'add', src: descriptor, src1: descriptor, dst: descriptor } as const
    const attributes = { scales: ['src1'], postOps: [{ kind: 'sum', scale: 0.5 }] } as const
    run(library, sum, { src: g, src1: p, scaleOfSrc1: decay, dst: v }, attributes)
    const expected = numbers(1000).map((value, i) => 0.5 * value + numbers(1000, 3)[i]! + 0.25 * numbers(1000, 7)[i]!)
    near(t, v.read(), expected, 'v = v / 2 + g + p / 4')
  })

  t.test('matmul, and a ReLU after it', async t => {
    const [a, b, c] = [tensor([3, 4]).write(numbers(12)), tensor([4, 5]).write(numbers(20, 2)), tensor([3, 5])]
    const expected = Array.from({ length: 15 }, (_, i) => {
      let sum = 0
      for (let k = 0; k < 4; k++) sum += numbers(12)[4 * Math.floor(i / 5) + k]! * numbers(20, 2)[5 * k + (i % 5)]!
      return Math.max(0, sum)
    })
    const product = { kind: 'matmul', src: a.descriptor, weights: b.descriptor, dst: c.descriptor } as const
    const attributes = { postOps: [{ kind: 'eltwise', algorithm: 'relu' }] } as const
    run(library, product, { src: a, weights: b, dst: c }, attributes)
    near(t, c.read(), expected, 'relu(a b)')
  })

  t.test('implementations that are refused are passed over; without another it is unimplemented', async t => {
    const shape = describe(library, [16, 16], 'f32', 'ab')
    const sum = { kind: 'binary', algorithm: 'add', src: shape, src1: shape, dst: shape } as const
    const first = createPrimitive(library, sum)
    t.match(first.implementation, /\w/)
    const second = createPrimitive(library, sum, {}, new RegExp(`^${first.implementation}$`))
    t.not(second.implementation, first.implementation)
    t.throws(() => createPrimitive(library, sum, {}, /./), {
      constructor: Unimplemented,
      message: /binary: no implementation but/,
    })
    for (const primitive of [first, second]) destroyPrimitive(library, primitive)
  })
})

t.test('a file that is no oneDNN is named', async t => {
  const dir = t.testdir({ 'libdnnl.so': 'not a library' })
  t.throws(() => loadLibrary(`${dir}/libdnnl.so`), /libdnnl\.so.*is no oneDNN library that loads here/)
  t.throws(() => loadLibrary(`${dir}/missing.so`), /missing\.so.*is no oneDNN library that loads here/)
})

t.test('memory begins at a page, filled with zeros', async t => {
  const memory = new NativeMemory(10_000)
  t.equal(memory.address % 4096n, 0n)
  const bytes = new Uint8Array(memory.view(0, 10_000))
  t.ok(bytes.every(byte => byte === 0))
  new Uint8Array(memory.view(4, 4)).set([1, 2, 3, 4])
  t.same([...bytes.subarray(3, 9)], [0, 1, 2, 3, 4, 0])
  memory.free()
  t.throws(() => new NativeMemory(2 ** 52), /4503599627370496 bytes of memory are not to be had/)
})
