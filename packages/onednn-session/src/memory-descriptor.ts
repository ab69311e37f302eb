/** Memory descriptors: the shape of a tensor, the type of its elements, and how they lie in memory. */

import { type Address, check, type Library, made } from './library.js'
import { koffi } from './load-koffi.js'

/** dnnl_data_type_t. */
export const ELEMENT_TYPES = { bf16: 2, f32: 3, s32: 4, u8: 6 } as const
export type ElementType = keyof typeof ELEMENT_TYPES

/** dnnl_max_ndims */
const MAX_RANK = 12
const TAG_ANY = 1
const QUERY_DATA_TYPE = 258
const QUERY_DIMS = 257
const QUERY_NDIMS = 256

/**
 * How a tensor lies: `any` where a primitive may choose; one of oneDNN's own tags, letters of axes from the slowest to the
 * fastest, an upper case one being split in blocks (`acdb`, `aBcd16b`); or the stride of each axis, in elements.
 */
export type Layout = string | readonly number[]

export interface Descriptor {
  readonly handle: Address
  readonly shape: readonly number[]
  readonly type: ElementType
  /** Bytes, what pads the blocks included; 0 where the layout is `any`. */
  readonly bytes: number
}

export function dims(values: readonly number[]): BigInt64Array {
  const array = new BigInt64Array(MAX_RANK)
  for (const [axis, value] of values.entries()) array[axis] = BigInt(value)
  return array
}

const tagsOf = new WeakMap<Library, Map<string, number>>()
/** More than version 3 has. */
const TAGS = 1000

/** A tag's number, looked up by its name: numbers differ between versions. */
function tagNumber(library: Library, name: string): number {
  if (name === 'any') return TAG_ANY
  let tags = tagsOf.get(library)
  if (!tags) {
    tags = new Map()
    for (let tag = TAGS; tag > TAG_ANY; tag--) tags.set(String(library.functions.dnnl_fmt_tag2str(tag)), tag)
    tagsOf.set(library, tags)
  }
  const found = tags.get(name)
  if (found === undefined) throw new TypeError(`oneDNN ${library.version} has no layout ${name}`)
  return found
}

export function describe(library: Library, shape: readonly number[], type: ElementType, layout: Layout): Descriptor {
  const { functions } = library
  const handle = made('memory_desc_create', out =>
    typeof layout === 'string'
      ? functions.dnnl_memory_desc_create_with_tag(
          out,
          shape.length,
          dims(shape),
          ELEMENT_TYPES[type],
          tagNumber(library, layout),
        )
      : functions.dnnl_memory_desc_create_with_strides(
          out,
          shape.length,
          dims(shape),
          ELEMENT_TYPES[type],
          dims(layout),
        ),
  )
  return { handle, shape, type, bytes: layout === 'any' ? 0 : sizeOf(library, handle) }
}

/** A descriptor of our own for one that a primitive owns. */
export function adopt(library: Library, owned: Address): Descriptor {
  const { functions } = library
  const handle = made('memory_desc_clone', out => functions.dnnl_memory_desc_clone(out, owned))
  const number = new Int32Array(1)
  check('memory_desc_query', functions.dnnl_memory_desc_query(handle, QUERY_DATA_TYPE, number))
  const type = (Object.keys(ELEMENT_TYPES) as ElementType[]).find(name => ELEMENT_TYPES[name] === number[0])
  check('memory_desc_query', functions.dnnl_memory_desc_query(handle, QUERY_NDIMS, number))
  const pointer = new BigUint64Array(1)
  check('memory_desc_query', functions.dnnl_memory_desc_query(handle, QUERY_DIMS, pointer))
  const shape = readDims(pointer[0]!, number[0]!)
  return { handle, shape, type: type ?? 'u8', bytes: sizeOf(library, handle) }
}

function readDims(address: Address, rank: number): number[] {
  if (rank === 0) return []
  return Array.from(koffi().decode(address, koffi().array('int64_t', rank)) as BigInt64Array, Number)
}

/** The same memory seen as a tensor of another shape. Throws where the layout does not allow it. */
export function reshape(library: Library, from: Descriptor, shape: readonly number[]): Descriptor {
  const handle = made('memory_desc_reshape', out =>
    library.functions.dnnl_memory_desc_reshape(out, from.handle, shape.length, dims(shape)),
  )
  return { handle, shape, type: from.type, bytes: from.bytes }
}

/** Whether two tensors lie alike. */
export function sameLayout(library: Library, left: Descriptor, right: Descriptor): boolean {
  return library.functions.dnnl_memory_desc_equal(left.handle, right.handle) === 1
}

const sizeOf = (library: Library, handle: Address) => Number(library.functions.dnnl_memory_desc_get_size(handle))

/** Frees a descriptor. */
export function destroyDescriptor(library: Library, { handle }: Descriptor): void {
  library.functions.dnnl_memory_desc_destroy(handle)
}
