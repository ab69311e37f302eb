/**
 * What the lowering rules write to: a list of operations (oneDNN primitives and loops in JavaScript) over stretches of memory, and
 * for each value of the graph the forms in which it exists: its role (how oneDNN numbers its axes), number type and layout. A rule
 * asks for its inputs in the form it works on; a reorder is written where a value does not exist so yet, once.
 */
import {
  type Argument,
  type Attributes,
  type Call,
  type Computation,
  createPrimitive,
  type Descriptor,
  describe,
  destroyDescriptor,
  destroyPrimitive,
  type ElementType,
  type Layout,
  type Library,
  type Primitive,
  prepareCall,
  sameLayout,
  Unimplemented,
} from '@tiny-face/onednn-session'
import { type DType, sizeOf, type Value } from '../../graph/graph.js'
import { type Access, aligned, type Storage } from './memory-plan.js'
import type { EarlySums } from './overlap-sums.js'

/**
 * How oneDNN sees a tensor: `flat` with tfjs's own axes (at least one); `image` NHWC as [N, C, H, W]; `filter` HWIO as [O, I, H, W];
 * `depthwise` HWCM as [C, M, 1, H, W], one group a channel.
 */
export type Role = 'flat' | 'image' | 'filter' | 'depthwise'

/** A value as it lies in memory. */
export interface Form {
  readonly role: Role
  readonly descriptor: Descriptor
  readonly storage: Storage
}

/** Typed arrays over the memory that a loop was promised, in the order of its reads, then its writes. */
export type Arrays = readonly (Float32Array | Int32Array | Uint8Array)[]

/** An operation; `bind` is called once, when everything has its place, and gives what a step then repeats. */
export interface Operation extends Access {
  /** For a profile: the kernel, and the implementation. */
  readonly name: string
  /** What it sums over ranks, and has left to be begun before it. */
  readonly early?: EarlySums
  bind(stepMemory: StepMemory): () => void
}

/** The memory that a step works on, once every stretch of it has its place. */
export interface StepMemory {
  readonly library: Library
  address(storage: Storage): bigint
  /** All elements of a form that lies in tfjs's own order. */
  array(form: Form): Float32Array | Int32Array | Uint8Array
  /** Called when the executable is closed. */
  atEnd(release: () => void): void
}

/** How images lie whose channels fill the blocks: as in tfjs, or in blocks of as many channels as a vector holds numbers. */
export type ImageLayout = 'acdb' | 'aBcd16b' | 'aBcd8b'

/** How tensors lie, and in which numbers a step computes. */
export interface LoweringOptions {
  readonly imageLayout: ImageLayout
  /** Of images and of what is multiplied. */
  readonly precision: 'bf16' | 'f32'
}

/** Channels that are kept together. */
const BLOCKS: Readonly<Record<ImageLayout, number>> = { acdb: 1, aBcd16b: 16, aBcd8b: 8 }

/** Implementations that are many times slower than another way. */
export const SLOW = /\bref\b|^ref|simple/

export class Builder {
  readonly library: Library
  readonly lowering: LoweringOptions
  readonly operations: Operation[] = []
  /** Number types of the values that are not in tfjs's own. */
  readonly #types: ReadonlyMap<Value, ElementType>
  readonly #forms = new Map<Value, Form[]>()
  readonly #descriptors = new Map<string, Descriptor>()
  readonly #destinations = new Map<Value, Form>()
  readonly #constants = new Map<string, Form>()
  readonly #primitives: Primitive[] = []
  readonly #shared = new Map<string, Primitive>()
  readonly #made = new Map<Value, Map<string, unknown>>()
  /** The largest working memory of any primitive: one stretch serves all, since they run one after another. */
  readonly scratchpad: { bytes: number; readonly lasting: true } = { bytes: 0, lasting: true }
  /** What the current node is called, for the profile. */
  current = ''

  constructor(library: Library, lowering: LoweringOptions, types: ReadonlyMap<Value, ElementType>) {
    this.library = library
    this.lowering = lowering
    this.#types = types
  }

  /** The number type of a value: what the plan of number types says, else tfjs's own. */
  typeOf(value: Value): ElementType {
    return this.#types.get(value) ?? NUMBER_TYPES[value.dtype]
  }

  // Descriptors

  descriptor(shape: readonly number[], type: ElementType, layout: Layout): Descriptor {
    const key = `${shape}/${type}/${layout}`
    let known = this.#descriptors.get(key)
    if (!known) {
      known = describe(this.library, shape, type, layout)
      this.#descriptors.set(key, known)
    }
    return known
  }

  /** The descriptor of a tensor that lies in tfjs's own order. */
  plainDescriptor(shape: readonly number[], role: Role, type: ElementType): Descriptor {
    if (role === 'image') return this.descriptor(axesOf(role, shape), type, 'acdb')
    if (role === 'flat') return this.descriptor(axesOf(role, shape), type, rowStrides(axesOf(role, shape)))
    const [height, width, input, output] = shape as [number, number, number, number]
    const [h, w, i, o] = rowStrides([height, width, input, output]) as [number, number, number, number]
    // [O, I, H, W] and [C, M, 1, H, W]
    return this.descriptor(axesOf(role, shape), type, role === 'filter' ? [o, i, h, w] : [i, o, i, h, w])
  }

  /** How an image should lie: as the machine is fastest where its channels fill the blocks, else as in tfjs. */
  imageLayout(shape: readonly number[]): ImageLayout {
    const [, height, width, channels] = shape as [number, number, number, number]
    return channels % BLOCKS[this.lowering.imageLayout] === 0 && height * width > 1 ? this.lowering.imageLayout : 'acdb'
  }

  imageDescriptor(shape: readonly number[], type: ElementType): Descriptor {
    return this.descriptor(axesOf('image', shape), type, this.imageLayout(shape))
  }

  // Values

  /** Memory for a value, or the place that was kept for it. */
  allocate(value: Value, role: Role, descriptor: Descriptor): Form {
    const kept = this.#destinations.get(value)
    if (kept && kept.role === role && sameLayout(this.library, kept.descriptor, descriptor)) return kept
    return { role, descriptor, storage: { bytes: aligned(descriptor.bytes), lasting: false } }
  }

  /** Says where a value is to be made, if its rule makes it in this form. */
  keepPlace(value: Value, form: Form): void {
    this.#destinations.set(value, form)
  }

  placeKeptFor(value: Value): Form | undefined {
    return this.#destinations.get(value)
  }

  set(value: Value, form: Form): void {
    const forms = this.#forms.get(value)
    if (forms) forms.push(form)
    else this.#forms.set(value, [form])
  }

  has(value: Value): boolean {
    return this.#forms.has(value)
  }

  formsOf(value: Value): readonly Form[] {
    const forms = this.#forms.get(value)
    if (!forms) throw new Error('internal: a value is used before it is produced')
    return forms
  }

  /** The form in which a value was made. */
  homeOf(value: Value): Form {
    return this.formsOf(value)[0]!
  }

  /** A value in a form; reordered here where it does not exist so yet. */
  get(value: Value, role: Role, descriptor: Descriptor): Form {
    const forms = this.formsOf(value)
    const known = forms.find(form => form.role === role && sameLayout(this.library, form.descriptor, descriptor))
    if (known) return known
    const source = forms.find(form => form.role === role) ?? this.#inPlainOrder(value, role)
    if (sameLayout(this.library, source.descriptor, descriptor)) return source
    const form = { role, descriptor, storage: { bytes: aligned(descriptor.bytes), lasting: false } }
    this.reorder(source, form)
    this.set(value, form)
    return form
  }

  /** The value's bytes in tfjs's order, seen with another role's axes. */
  #inPlainOrder(value: Value, role: Role): Form {
    const isPlain = (form: Form) =>
      sameLayout(this.library, form.descriptor, this.plainDescriptor(value.shape, form.role, form.descriptor.type))
    let plain = this.formsOf(value).find(isPlain)
    if (!plain) {
      const { role: homeRole, descriptor } = this.homeOf(value)
      plain = this.get(value, homeRole, this.plainDescriptor(value.shape, homeRole, descriptor.type))
    }
    const form = { ...plain, role, descriptor: this.plainDescriptor(value.shape, role, plain.descriptor.type) }
    this.set(value, form)
    return form
  }

  /** In tfjs's own order, in its own number type unless another is asked for. */
  flat(value: Value, type: ElementType = NUMBER_TYPES[value.dtype]): Form {
    return this.get(value, 'flat', this.plainDescriptor(value.shape, 'flat', type))
  }

  /** As an image of the value's number type, in the layout that images should have. */
  image(value: Value): Form {
    return this.get(value, 'image', this.imageDescriptor(value.shape, this.typeOf(value)))
  }

  /** New memory for a value in tfjs's own order. */
  flatOutput(value: Value, type: ElementType = NUMBER_TYPES[value.dtype]): Form {
    const form = this.allocate(value, 'flat', this.plainDescriptor(value.shape, 'flat', type))
    this.set(value, form)
    return form
  }

  /** New memory for an image. */
  imageOutput(value: Value, descriptor = this.imageDescriptor(value.shape, this.typeOf(value))): Form {
    const form = this.allocate(value, 'image', descriptor)
    this.set(value, form)
    return form
  }

  /** Memory that is no value's: a primitive's workspace, a number that is computed once a step. */
  temporary(descriptor: Descriptor, lasting = false): Form {
    return { role: 'flat', descriptor, storage: { bytes: aligned(descriptor.bytes), lasting } }
  }

  /** Numbers that are the same in every step, in tfjs's own order. */
  constant(values: Float32Array | Int32Array | Uint8Array, shape: readonly number[], type: ElementType): Form {
    const small = values.length <= 64
    const key = `${type}[${shape}]${small ? values.join() : ''}`
    const known = small ? this.#constants.get(key) : undefined
    if (known) return known
    const form = this.temporary(this.plainDescriptor(shape, 'flat', type), true)
    this.operations.push({
      name: 'constant',
      reads: [],
      writes: [form.storage],
      bind: stepMemory => {
        stepMemory.array(form).set(values)
        return () => {}
      },
    })
    if (small) this.#constants.set(key, form)
    return form
  }

  // Operations

  /** The primitive of the first computation that oneDNN has in a good implementation; of the last in any. */
  choose(
    candidates: readonly Computation[],
    attributes: Attributes = {},
    refuse = SLOW,
    fits: (primitive: Primitive) => boolean = () => true,
  ): Primitive {
    try {
      return this.chooseGood(candidates, attributes, refuse, fits)
    } catch (error) {
      if (!(error instanceof Unimplemented)) throw error
      return this.#created(createPrimitive(this.library, candidates.at(-1)!, attributes))
    }
  }

  /** The same where another way is known. @throws Unimplemented where oneDNN has no good implementation */
  chooseGood(
    candidates: readonly Computation[],
    attributes: Attributes = {},
    refuse = SLOW,
    fits: (primitive: Primitive) => boolean = () => true,
  ): Primitive {
    for (const computation of candidates) {
      try {
        const primitive = this.#created(createPrimitive(this.library, computation, attributes, refuse))
        if (fits(primitive)) return primitive
      } catch (error) {
        if (!(error instanceof Unimplemented)) throw error
      }
    }
    throw new Unimplemented(`oneDNN has no good implementation of ${candidates[0]?.kind ?? 'this'}`)
  }

  #created(primitive: Primitive): Primitive {
    this.#primitives.push(primitive)
    return primitive
  }

  /** Frees the primitives and descriptors; the operations must have ended. */
  destroy(): void {
    for (const primitive of this.#primitives) destroyPrimitive(this.library, primitive)
    for (const descriptor of this.#descriptors.values()) destroyDescriptor(this.library, descriptor)
  }

  /** A primitive that many operations execute. */
  shared(what: string, make: () => Primitive): Primitive {
    const known = this.#shared.get(what) ?? make()
    this.#shared.set(what, known)
    return known
  }

  /** What is made once for a value and used by several rules. */
  once<T>(value: Value, what: string, make: () => T): T {
    const made = this.#made.get(value) ?? new Map<string, unknown>()
    this.#made.set(value, made)
    if (!made.has(what)) made.set(what, make())
    return made.get(what) as T
  }

  /** One execution of a primitive. `writes`: which of its arguments it changes. */
  execute(primitive: Primitive, args: Partial<Readonly<Record<Argument, Form>>>, writes: readonly Argument[]): void {
    this.scratchpad.bytes = Math.max(this.scratchpad.bytes, aligned(primitive.scratchpadBytes))
    const named = Object.entries(args) as [Argument, Form][]
    const scratch = primitive.scratchpadBytes > 0 ? [this.scratchpad] : []
    const written = named.filter(([name]) => writes.includes(name)).map(([, form]) => form.storage)
    this.operations.push({
      name: `${this.current} ${primitive.kind} ${primitive.implementation}`,
      reads: named.filter(([name]) => !writes.includes(name)).map(([, form]) => form.storage),
      writes: [...written, ...scratch],
      bind: stepMemory => {
        const memory: Record<string, { descriptor: Descriptor; address: bigint }> = {}
        for (const [name, { descriptor, storage }] of named)
          memory[name] = { descriptor, address: stepMemory.address(storage) }
        if (scratch.length > 0)
          memory.scratchpad = {
            descriptor: primitive.descriptorOf('scratchpad'),
            address: stepMemory.address(this.scratchpad),
          }
        const call: Call = prepareCall(stepMemory.library, primitive, memory)
        stepMemory.atEnd(() => call.destroy())
        return call.run
      },
    })
  }

  reorder(from: Form, to: Form): void {
    const primitive = this.choose([{ kind: 'reorder', src: from.descriptor, dst: to.descriptor }])
    this.execute(primitive, { src: from, dst: to }, ['dst'])
  }

  /** A loop in JavaScript over forms in tfjs's own order. */
  loop(name: string, reads: readonly Form[], writes: readonly Form[], bind: (arrays: Arrays) => () => void): void {
    this.operations.push({
      name: `${this.current} loop ${name}`,
      reads: reads.map(form => form.storage),
      writes: writes.map(form => form.storage),
      bind: stepMemory => bind([...reads, ...writes].map(form => stepMemory.array(form))),
    })
  }
}

export const NUMBER_TYPES = { float32: 'f32', int32: 's32', bool: 'u8' } as const satisfies Record<DType, ElementType>

/** The extents of a shape as oneDNN numbers its axes. */
export function axesOf(role: Role, shape: readonly number[]): number[] {
  if (role === 'flat') return shape.length === 0 ? [1] : [...shape]
  const [a, b, c, d] = shape as [number, number, number, number]
  if (role === 'image') return [a, d, b, c]
  return role === 'filter' ? [d, c, a, b] : [c, d, 1, a, b]
}

/** The strides of a tensor that lies row by row. */
export function rowStrides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => Math.max(1, sizeOf(shape.slice(axis + 1))))
}
