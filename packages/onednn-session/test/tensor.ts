/** Tensors of oneDNN's, and primitives that are made, run once and freed. */
import type { Test } from 'tap'
import {
  type Argument,
  type Attributes,
  type Computation,
  createPrimitive,
  type Descriptor,
  describe,
  destroyPrimitive,
  type ElementType,
  type Layout,
  type Library,
  NativeMemory,
  prepareCall,
} from '../src/index.js'

/** A tensor in memory of its own, written and read in plain order through a reorder where it lies otherwise. */
export class Tensor {
  readonly library: Library
  readonly descriptor: Descriptor
  readonly memory: NativeMemory

  constructor(library: Library, descriptor: Descriptor) {
    this.library = library
    this.descriptor = descriptor
    this.memory = new NativeMemory(descriptor.bytes)
  }

  get address() {
    return this.memory.address
  }

  write(values: ArrayLike<number>): this {
    const plain = this.#plain()
    new Float32Array(plain.memory.view(0, plain.descriptor.bytes)).set(values)
    run(this.library, { kind: 'reorder', src: plain.descriptor, dst: this.descriptor }, { src: plain, dst: this })
    plain.memory.free()
    return this
  }

  read(): Float32Array {
    const plain = this.#plain()
    run(this.library, { kind: 'reorder', src: this.descriptor, dst: plain.descriptor }, { src: this, dst: plain })
    const values = new Float32Array(plain.memory.view(0, plain.descriptor.bytes)).slice()
    plain.memory.free()
    return values
  }

  #plain(): Tensor {
    const { shape } = this.descriptor
    const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, extent) => product * extent, 1))
    return new Tensor(this.library, describe(this.library, shape, 'f32', strides))
  }
}

/** @returns the name of the implementation */
export function run(
  library: Library,
  computation: Computation,
  args: Partial<Record<Argument, { descriptor: Descriptor; address: bigint }>>,
  attributes: Attributes = {},
): string {
  const primitive = createPrimitive(library, computation, attributes)
  const scratchpad = new NativeMemory(primitive.scratchpadBytes)
  const descriptor = primitive.descriptorOf('scratchpad')
  const call = prepareCall(library, primitive, { ...args, scratchpad: { descriptor, address: scratchpad.address } })
  call.run()
  call.destroy()
  scratchpad.free()
  destroyPrimitive(library, primitive)
  return primitive.implementation
}

/** Numbers of both signs. */
export const numbers = (count: number, from = 0) =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(1.7 * (i + from)))

/** Makes tensors, which lie in the order of their axes where nothing else is said. */
export const tensorsOf =
  (library: Library) =>
  (shape: readonly number[], type: ElementType = 'f32', layout: Layout = 'abcdef'.slice(0, shape.length)) =>
    new Tensor(library, describe(library, shape, type, layout))

/** Fails unless all values are as expected, `tolerance` apart at most. */
export function near(t: Test, found: Float32Array, expected: ArrayLike<number>, what: string, tolerance = 1e-5): void {
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(found[i]! - value)))
  t.ok(found.length === expected.length && worst <= tolerance, `${what}: off by ${worst.toExponential(1)}`)
}
