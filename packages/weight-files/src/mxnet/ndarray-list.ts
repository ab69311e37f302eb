/*
 * MXNet's file of named arrays, `-0000.params` (src/ndarray/ndarray.cc, NDArray::Save and Load), little-endian:
 *
 *     uint64 0x112, uint64 0
 *     uint64 number of arrays, then each:
 *         uint32 magic  0xF993FAC8 version 1, …C9 version 2, …CA version 3 (numpy's shapes); anything else is the number of axes of
 *                       version 0, whose extents are uint32
 *         int32  storage type, from version 2 on: 0 dense
 *         uint32 number of axes (int32 in version 3, -1 an array that is not there), int64 each extent
 *         int32 device type, int32 device id, int32 number type
 *         the numbers, row by row
 *     uint64 number of names, then each: uint64 length and as many bytes, `arg:conv0_weight` or `aux:bn0_moving_mean`
 */
import type { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES, type NumberType } from '../number-types.js'
import { numbersOf } from '../tensor-shape.js'
import type { TensorInfo } from '../weight-file.js'
import { MAX_AXES, MAX_TENSOR_NAME_BYTES, MAX_TENSORS } from '../weight-limits.js'

export const LIST_MAGIC = 0x112
const VERSION_1 = 0xf993fac8
const VERSION_2 = 0xf993fac9
const VERSION_3 = 0xf993faca

/** mshadow's type flags. */
const TYPES: ReadonlyMap<number, NumberType> = new Map([
  [0, 'float32'],
  [1, 'float64'],
  [2, 'float16'],
  [3, 'uint8'],
  [4, 'int32'],
  [5, 'int8'],
  [6, 'int64'],
  [7, 'bool'],
  [8, 'int16'],
  [12, 'bfloat16'],
])

export interface StoredArray extends TensorInfo {
  /** Where its numbers begin. */
  readonly start: number
  /** Bytes of them. */
  readonly length: number
}

/** @throws DataError where the file is damaged, or holds sparse arrays */
export function readArrayList(bytes: FileBytes): ReadonlyMap<string, StoredArray> {
  const reader = new ListReader(bytes)
  if (reader.uint64("the list's magic") !== LIST_MAGIC)
    throw bytes.error(0, 'the magic 0x112 of an NDArray list', 'another')
  reader.uint64('a reserved number')
  const count = reader.count('arrays')
  const arrays = Array.from({ length: count }, () => array(reader))
  const at = reader.position
  const names = reader.count('names')
  if (names !== count) throw bytes.error(at, `${count} names, one for each array`, `${names}`)
  const named = new Map<string, StoredArray>()
  for (const stored of arrays) {
    const start = reader.position
    const name = reader.text()
    if (named.has(name)) throw bytes.error(start, 'names that differ', `two of ${JSON.stringify(name)}`)
    named.set(name, stored)
  }
  if (reader.position !== bytes.size)
    throw bytes.error(reader.position, 'the end of the file', `${bytes.size - reader.position} more bytes`)
  return named
}

function array(reader: ListReader): StoredArray {
  const { bytes } = reader
  const at = reader.position
  const magic = reader.uint32("an array's magic")
  if (magic >= VERSION_2 && magic <= VERSION_3) {
    const kind = reader.int32("an array's storage type")
    if (kind !== 0) throw bytes.error(at, 'a dense array', `storage type ${kind}`)
  } else if (magic !== VERSION_1 && magic > MAX_AXES) {
    throw bytes.error(at, 'an array of version 0 to 3', `magic 0x${magic.toString(16)}`)
  }
  const shape = magic <= MAX_AXES ? reader.extents(magic, 4) : reader.extents(reader.int32('the number of axes'), 8)
  const numbers = numbersOf(shape, (expected, found) => {
    throw bytes.error(at, expected, found)
  })
  // An array that was never filled: that is all there is of it.
  if (shape.length === 0 && magic !== VERSION_3)
    return { shape: [0], type: 'float32', start: reader.position, length: 0 }
  reader.int32("an array's device")
  reader.int32("a device's number")
  const flag = reader.int32("an array's number type")
  const type = TYPES.get(flag)
  if (type === undefined) throw bytes.error(at, `a number type of ${[...TYPES.keys()].join(', ')}`, `${flag}`)
  const length = numbers * NUMBER_BYTES[type]
  const start = reader.skip(length, `${type} [${shape.join(', ')}]`)
  return { shape, type, start, length }
}

class ListReader {
  readonly bytes: FileBytes
  position = 0

  constructor(bytes: FileBytes) {
    this.bytes = bytes
  }

  uint64(what: string): number {
    // Larger ones than Number counts exactly are larger than any file as well.
    return Number(this.#take(8, what).readBigUInt64LE())
  }

  uint32(what: string): number {
    return this.#take(4, what).readUInt32LE()
  }

  int32(what: string): number {
    return this.#take(4, what).readInt32LE()
  }

  count(what: string): number {
    const at = this.position
    const count = this.uint64(`the number of ${what}`)
    if (count <= MAX_TENSORS) return count
    throw this.bytes.error(at, `at most ${MAX_TENSORS} ${what}`, `${count}`)
  }

  extents(axes: number, size: 4 | 8): number[] {
    if (axes < 0 || axes > MAX_AXES) throw this.bytes.error(this.position, `0 to ${MAX_AXES} axes`, `${axes}`)
    return Array.from({ length: axes }, () => {
      const bytes = this.#take(size, "an array's extent")
      return size === 4 ? bytes.readUInt32LE() : Number(bytes.readBigInt64LE())
    })
  }

  text(): string {
    const at = this.position
    const length = this.uint64("a name's length")
    if (length > MAX_TENSOR_NAME_BYTES)
      throw this.bytes.error(at, `a name of at most ${MAX_TENSOR_NAME_BYTES} bytes`, `${length}`)
    return this.#take(length, 'a name').toString('utf8')
  }

  /** @returns where the bytes begin that are passed over */
  skip(length: number, what: string): number {
    const start = this.position
    if (length > this.bytes.size - start)
      throw this.bytes.error(start, `${length} bytes of ${what}`, `${this.bytes.size - start} to the end`)
    this.position += length
    return start
  }

  #take(length: number, what: string): Buffer {
    const bytes = this.bytes.peek(this.position, length, what)
    this.position += length
    return bytes
  }
}
