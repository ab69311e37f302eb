/**
 * How numpy pickles itself (numpy/core/src/multiarray/methods.c array_reduce, descriptor.c arraydescr_reduce):
 *
 *     array   _reconstruct(ndarray, (0,), b'b'), BUILD (version, shape, dtype, fortran order, bytes)
 *             protocol 5: _frombuffer(bytes, dtype, shape, 'C' | 'F')
 *     dtype   dtype('f4', align, copy), BUILD (version, byte order, subdtype, names, fields, item size, alignment, flags)
 *     scalar  scalar(dtype, bytes)
 */

import type { PickleMachine } from '../machine/pickle-machine.js'
import { plainInteger } from '../opcodes/text-and-numbers.js'
import { MAX_DIMENSIONS } from '../pickle-limits.js'
import { isBytes, NUMPY_ITEM_BYTES, type NumpyArray, type NumpyType, type PickleBytes } from '../values/pickle-value.js'
import { describe, type Item, isTuple, NumpyDtype, PickleGlobal, printable } from '../values/stack-item.js'

type PickledArray = NumpyArray<PickleBytes>

/** A Map: the code is the file's word, and an object would answer to `constructor`. */
const DTYPE_CODES: ReadonlyMap<string, NumpyType> = new Map<string, NumpyType>([
  ['b1', 'bool'],
  ['i1', 'int8'],
  ['u1', 'uint8'],
  ['i2', 'int16'],
  ['u2', 'uint16'],
  ['i4', 'int32'],
  ['u4', 'uint32'],
  ['i8', 'int64'],
  ['u8', 'uint64'],
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
])

export function newDtype(machine: PickleMachine, [code]: Item[]): NumpyDtype {
  const name = machine.shortText(code)
  const type = DTYPE_CODES.get(name ?? '')
  if (type === undefined) {
    const found = name === undefined ? describe(code) : printable(name)
    throw machine.error(`a numpy dtype of ${[...DTYPE_CODES.keys()].join(', ')}`, found)
  }
  return new NumpyDtype(type)
}

export function buildDtype(machine: PickleMachine, dtype: NumpyDtype, state: Item): void {
  const [, order, subdtype, names, fields] = isTuple(state) ? state : []
  const byteOrder = machine.shortText(order)
  if (!byteOrder || !'<>|='.includes(byteOrder)) throw machine.error("a dtype's byte order", describe(order))
  if (subdtype !== null || names !== null || fields !== null)
    throw machine.error('a dtype of plain numbers', 'one with fields')
  dtype.bigEndian = byteOrder === '>'
}

/** _reconstruct: an empty array, which BUILD fills. */
export function newArray(machine: PickleMachine, args: Item[]): PickledArray {
  const type = args[0]
  const shape = args[1]
  const code = args[2]
  const empty = isTuple(shape) && shape.length === 1 && shape[0] === 0
  if (!(type instanceof PickleGlobal) || type.name !== 'numpy.ndarray' || !empty || machine.shortText(code) !== 'b') {
    throw machine.error("numpy.ndarray, (0,), b'b'", `(${args.map(describe).join(', ')})`)
  }
  return { dtype: 'int8', shape: [0], data: new Uint8Array(0) }
}

export function buildArray(machine: PickleMachine, array: PickledArray, state: Item): void {
  const [version, shape, dtype, fortran, data] = isTuple(state) ? state : []
  if (array.shape.length !== 1 || array.shape[0] !== 0) throw machine.error('an array without a state', describe(array))
  if (version !== 1) throw machine.error("version 1 of an array's state", describe(version))
  fillArray(machine, array, dtype, shape, fortran === true || fortran === 1, data)
}

/** _frombuffer of protocol 5. */
export function arrayFromBuffer(machine: PickleMachine, [data, dtype, shape, order]: Item[]): PickledArray {
  const array: PickledArray = { dtype: 'int8', shape: [0], data: new Uint8Array(0) }
  if (order !== 'C' && order !== 'F') throw machine.error("an array's order C or F", describe(order))
  fillArray(machine, array, dtype, shape, order === 'F', data)
  return array
}

function fillArray(
  machine: PickleMachine,
  array: PickledArray,
  dtype: Item | undefined,
  shape: Item | undefined,
  fortran: boolean,
  data: Item | undefined,
): void {
  if (!(dtype instanceof NumpyDtype)) throw machine.error("an array's dtype", describe(dtype))
  if (!isBytes(data)) throw machine.error("an array's bytes", describe(data))
  const whole = (size: Item) => typeof size === 'number' && Number.isInteger(size) && size >= 0
  if (!isTuple(shape) || shape.length > MAX_DIMENSIONS || !shape.every(whole)) {
    throw machine.error(`an array's shape of at most ${MAX_DIMENSIONS} dimensions`, describe(shape))
  }
  const sizes = shape as number[]
  const itemBytes = NUMPY_ITEM_BYTES[dtype.type]
  const length = sizes.reduce((product, size) => product * size, itemBytes)
  if (length !== data.length) {
    throw machine.error(`${length} bytes of ${dtype.type} [${sizes.join(', ')}]`, `${data.length}`)
  }
  array.dtype = dtype.type
  array.shape = sizes.slice()
  array.data = data
  if (fortran && sizes.filter(size => size > 1).length > 1) {
    machine.countCopy(length)
    array.data = inCOrder(machine.contentOf(array.data), sizes, itemBytes)
  }
  if (dtype.bigEndian && itemBytes > 1) {
    machine.countCopy(length)
    array.data = swapped(machine.contentOf(array.data), itemBytes)
  }
}

/** A scalar becomes the value itself. */
export function scalar(machine: PickleMachine, [dtype, data]: Item[]): boolean | number | bigint {
  if (!(dtype instanceof NumpyDtype)) throw machine.error("a scalar's dtype", describe(dtype))
  const itemBytes = NUMPY_ITEM_BYTES[dtype.type]
  if (!isBytes(data) || data.length !== itemBytes) {
    throw machine.error(`${itemBytes} bytes of ${dtype.type}`, isBytes(data) ? `${data.length}` : describe(data))
  }
  const content = machine.contentOf(data)
  const bytes = dtype.bigEndian ? swapped(content, itemBytes) : content
  const view = new DataView(bytes.buffer, bytes.byteOffset, itemBytes)
  switch (dtype.type) {
    case 'bool':
      return view.getUint8(0) !== 0
    case 'int8':
      return view.getInt8(0)
    case 'uint8':
      return view.getUint8(0)
    case 'int16':
      return view.getInt16(0, true)
    case 'uint16':
      return view.getUint16(0, true)
    case 'int32':
      return view.getInt32(0, true)
    case 'uint32':
      return view.getUint32(0, true)
    case 'int64':
      return plainInteger(view.getBigInt64(0, true))
    case 'uint64':
      return plainInteger(view.getBigUint64(0, true))
    case 'float32':
      return view.getFloat32(0, true)
    case 'float64':
      return view.getFloat64(0, true)
    case 'float16':
      throw machine.error('a scalar of another dtype', 'float16')
  }
}

/** Elements stored with the first index fastest, into the order with the last index fastest. */
function inCOrder(data: Uint8Array, shape: number[], itemBytes: number): Uint8Array {
  const sorted = new Uint8Array(data.length)
  const index = shape.map(() => 0)
  const strides: number[] = []
  let stride = itemBytes
  for (const size of shape) {
    strides.push(stride)
    stride *= size
  }
  let from = 0
  for (let to = 0; to < data.length; to += itemBytes) {
    for (let byte = 0; byte < itemBytes; byte++) sorted[to + byte] = data[from + byte]!
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!
      if (++index[axis]! < shape[axis]!) break
      from -= strides[axis]! * shape[axis]!
      index[axis] = 0
    }
  }
  return sorted
}

function swapped(data: Uint8Array, itemBytes: number): Uint8Array {
  const bytes = Buffer.from(data)
  if (itemBytes === 2) bytes.swap16()
  else if (itemBytes === 4) bytes.swap32()
  else if (itemBytes === 8) bytes.swap64()
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)
}
