import { type Address, check, type Library, made } from './library.js'
import type { Descriptor } from './memory-descriptor.js'
import { ARGUMENTS, type Argument, type Primitive } from './primitive.js'

/** dnnl_exec_arg_t: an int and, after a gap, an address. */
const ARGUMENT_BYTES = 16

/** An execution of a primitive with all its arguments in place: repeated, it allocates nothing. */
export interface Call {
  readonly primitive: Primitive
  run(): void
  /** Frees what the arguments are made of; the primitive stays. */
  destroy(): void
}

/**
 * @param memory for each argument where it lies, and as what
 * @throws TypeError where the primitive works in a scratchpad and none is given: oneDNN would write to address 0
 */
export function prepareCall(
  library: Library,
  primitive: Primitive,
  memory: Partial<Readonly<Record<Argument, { readonly descriptor: Descriptor; readonly address: Address }>>>,
): Call {
  if (primitive.scratchpadBytes > 0 && memory.scratchpad === undefined)
    throw new TypeError(`${primitive.kind}: expected a scratchpad of ${primitive.scratchpadBytes} bytes, found none`)
  const { functions, engine, stream } = library
  const entries = Object.entries(memory) as [Argument, { descriptor: Descriptor; address: Address }][]
  const args = Buffer.alloc(entries.length * ARGUMENT_BYTES)
  const objects = entries.map(([, { descriptor, address }]) =>
    made('memory_create', out => functions.dnnl_memory_create(out, descriptor.handle, engine, address)),
  )
  for (const [index, [name]] of entries.entries()) {
    args.writeInt32LE(ARGUMENTS[name], index * ARGUMENT_BYTES)
    args.writeBigUInt64LE(objects[index]!, index * ARGUMENT_BYTES + 8)
  }
  const { handle } = primitive
  const count = entries.length
  const execute = functions.dnnl_primitive_execute
  return {
    primitive,
    run() {
      const status = execute(handle, stream, count, args)
      if (status !== 0) check(`executing ${primitive.kind} (${primitive.implementation})`, status)
    },
    destroy() {
      for (const object of objects) functions.dnnl_memory_destroy(object)
    },
  }
}
