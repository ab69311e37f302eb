/**
 * What a pickle can hold here. Lists are arrays, tuples are frozen arrays, dicts are Maps, sets are Sets (keys and members that
 * are no strings, numbers or booleans are told apart by identity). An int is a number up to 2^53 - 1 and a bigint beyond;
 * a float is a number. Python's bytes, bytearray and Python 2's str are bytes, which share memory with the pickle read.
 * What the pickle held once and referred to twice is one object here too.
 */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | readonly PickleValue[]
  | ReadonlyMap<PickleValue, PickleValue>
  | ReadonlySet<PickleValue>
  | NumpyArray

/** The same where bytes stay in the pickle: lists are compact, byte strings are the places where they lie. */
export type OpenValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleBytes
  | OpenList
  | readonly OpenValue[]
  | ReadonlyMap<OpenValue, OpenValue>
  | ReadonlySet<OpenValue>
  | NumpyArray<PickleBytes>

/** Bytes, or where in the pickle they lie. */
export type PickleBytes = Uint8Array | BytesInPickle

/** A byte string that was left where it lies. */
export class BytesInPickle {
  /** Where the opcode begins that holds the string. */
  readonly offset: number
  /** Of the string, in bytes. */
  readonly length: number
  /** What the string is, where it is short: names are asked for again and again. */
  readonly content: Uint8Array | undefined

  constructor(offset: number, length: number, content?: Uint8Array) {
    this.offset = offset
    this.length = length
    this.content = content
  }
}

/** A list whose byte strings and images take 12 bytes each. Bytes and arrays in it are made anew each time they are asked for. */
export interface OpenList<T = OpenValue> extends Iterable<T> {
  /** Where the opcode begins that makes the list. */
  readonly offset: number
  readonly length: number
  at(index: number): T | undefined
}

export type NumpyType = keyof typeof NUMPY_ITEM_BYTES

/** Bytes per element of the numpy types that are read; all others (objects, records, strings, complex) are refused. */
export const NUMPY_ITEM_BYTES = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
} as const

/** A numpy array: elements little-endian, in C order (the last index runs fastest), whatever order they were pickled in. */
export interface NumpyArray<Bytes = Uint8Array> {
  dtype: NumpyType
  shape: readonly number[]
  data: Bytes
}

export function isNumpyArray(value: PickleValue): value is NumpyArray
export function isNumpyArray(value: OpenValue): value is NumpyArray<PickleBytes>
export function isNumpyArray(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'dtype' in value
}

export function isBytes(value: unknown): value is PickleBytes {
  return value instanceof Uint8Array || value instanceof BytesInPickle
}
