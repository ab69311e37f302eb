/**
 * The record stream, version 1: what passes through every pipe.
 *
 * A stream is MessagePack maps, one after another, no extension types, no outer framing, in segments:
 *
 *     begin   {begin: 1, count?, classes?, names?, source?, part?, alignment?, model?}   what is known ahead
 *     data    {id?, label?, image?, …}                                any number
 *     end     {end: true, count}                                      the number of data maps since begin
 *
 * A tensor is a map {dtype, shape, data}, data little-endian and row by row in a bin. Integers are MessagePack integers at
 * any size: Number up to 2^53 - 1, BigInt beyond. Fields that a stage does not know pass through untouched.
 */
import { DataError, type RecordId } from '@tiny-face/safe-files'

export const STREAM_VERSION = 1

const ARRAY_TYPES = {
  uint8: Uint8Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const

export type TensorType = keyof typeof ARRAY_TYPES
export type TensorValues = Uint8Array | Int32Array | BigInt64Array | Float32Array | Float64Array

export interface Tensor {
  dtype: TensorType
  /** Extents, outermost first; `[]` is a scalar. */
  shape: number[]
  /** Little-endian values, row by row: exactly `product(shape) * bytes per value` long. */
  data: Uint8Array
}

/** An identity: a whole number, a float where the source has one, a tensor where it has a vector. */
export type Label = number | bigint | Tensor

/** What only RecordIO knows of a record; its own writer restores the record from it. */
export interface RecordIO {
  role: 'image' | 'header' | 'identity' | 'raw'
  flag?: number
  label?: Tensor
  /** The header's own label field, where it is not 0 though a vector follows (C++ im2rec writes it). */
  first?: Tensor
  id?: number | bigint
  id2?: number | bigint
}

/** Verification sets are cut into this many folds, in order (Huang et al., "Labeled Faces in the Wild", 2007, View 2). */
export const FOLDS = 10

/** A record's place in a verification set. */
export interface Pair {
  index: number
  side: 0 | 1
  same: boolean
}

export interface DataMap {
  id?: RecordId
  label?: Label
  /** An encoded JPEG or PNG, byte for byte as in the source. */
  image?: Uint8Array
  /** The bytes of a record that is no image. */
  payload?: Uint8Array
  /** Decoded RGB, uint8 `[height, width, 3]`. */
  pixels?: Tensor
  /** The raw network output for the image, float32 `[size]`, not normalised. */
  embedding?: Tensor
  /** The same for its mirror image. */
  flipped?: Tensor
  pair?: Pair
  recordio?: RecordIO
  /** A serialised tf.train.Example. */
  example?: Uint8Array
  [field: string]: unknown
}

export interface BeginFields {
  /** The number of data maps to come, where it is known ahead. */
  count?: number
  /** The number of identities: labels are 0 … classes - 1. */
  classes?: number
  /** The identities' names, in the order of their labels. */
  names?: string[]
  /** The file or folder that the records come from, for messages. */
  source?: string
  /** Which share of the whole the records are, where they are not all; `count` is then theirs, `classes` and `names` the whole's. */
  part?: PartOfWhole
  /** The template that the faces were aligned to, by its name: `arcface`, `dlib`. */
  alignment?: string
  /** The network that made the embeddings. */
  model?: EmbeddingModel
}

/** One of `of` parts that follow one another. */
export interface PartOfWhole {
  /** 0 … of - 1. */
  index: number
  of: number
  /**
   * The number, in the whole, of the part's first record, from 0, where that is known without reading the parts before; it supposes that
   * none of theirs is left out.
   */
  first?: number | undefined
}

/** Which network embeddings are of, and how it saw the images. */
export interface EmbeddingModel {
  /** Its file's or folder's name. */
  name: string
  /** Of the bytes that hold its weights, in hexadecimal. */
  sha256: string
  /** The order of its channels and their normalisation, `rgb mean=127.5 std=128` say: (x - mean) / std of 0 to 255. */
  preprocess: string
}

export interface Begin extends BeginFields {
  begin: typeof STREAM_VERSION
}

/**
 * Wraps values as a tensor; the bytes are shared, not copied.
 *
 * @param shape defaults to `[values.length]`
 * @throws RangeError where the shape does not hold as many values
 */
export function tensorOf(values: TensorValues, shape: number[] = [values.length]): Tensor {
  if (elements(shape) !== values.length) throw new RangeError(`shape [${shape}] does not hold ${values.length} values`)
  const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return { dtype: typeOf(values), shape, data }
}

/**
 * A tensor's values as a typed array: a view of the tensor's bytes where they are aligned, else a copy.
 *
 * @throws DataError where the tensor, which may come from a foreign program, is malformed: no tensor, an unknown type, or bytes that
 * do not fit the shape
 */
export function tensorValues(tensor: Tensor): TensorValues {
  if (!isTensor(tensor))
    throw new DataError({ expected: 'a tensor: a map of dtype, shape and data', found: 'something else' })
  const ArrayType = Object.hasOwn(ARRAY_TYPES, tensor.dtype) ? ARRAY_TYPES[tensor.dtype] : undefined
  if (ArrayType === undefined) {
    throw new DataError({
      expected: `a tensor of ${Object.keys(ARRAY_TYPES).join(', ')}`,
      found: `dtype ${tensor.dtype}`,
    })
  }
  const { data, shape } = tensor
  const length = elements(shape)
  if (data.byteLength !== length * ArrayType.BYTES_PER_ELEMENT) {
    throw new DataError({
      expected: `${length * ArrayType.BYTES_PER_ELEMENT} bytes in a ${tensor.dtype} tensor of shape [${shape}]`,
      found: `${data.byteLength}`,
    })
  }
  if (data.byteOffset % ArrayType.BYTES_PER_ELEMENT === 0) {
    return new ArrayType(data.buffer as ArrayBuffer, data.byteOffset, length)
  }
  // Not data.slice(): a Buffer's slice is a view.
  return new ArrayType(Uint8Array.from(data).buffer as ArrayBuffer, 0, length)
}

/** Whether a field has a tensor's form; what its type and bytes are, `tensorValues` checks. */
export function isTensor(value: unknown): value is Tensor {
  if (typeof value !== 'object' || value === null || !('data' in value) || !('shape' in value)) return false
  return value.data instanceof Uint8Array && Array.isArray(value.shape)
}

function typeOf(values: TensorValues): TensorType {
  for (const [dtype, ArrayType] of Object.entries(ARRAY_TYPES))
    if (values instanceof ArrayType) return dtype as TensorType
  throw new TypeError(`no tensor holds a ${values.constructor.name}`)
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** A record that owns its bytes: what a reader hands out is valid only until the next record. */
export function copyRecord<T extends DataMap>(record: T): T {
  return copyBytes(record) as T
}

function copyBytes(value: unknown): unknown {
  if (value instanceof Uint8Array) return Uint8Array.from(value)
  if (Array.isArray(value)) return value.map(copyBytes)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyBytes(inner)]))
}
