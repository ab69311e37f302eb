/**
 * What the fields of a record are in JSON, and back:
 *
 *     record stream            JSON
 *     integer of any size      its digits; they come back exactly, beyond 2^53 too
 *     other number             the shortest digits that read back as it; {"float": "NaN"}, "Infinity" or "-Infinity"
 *     text, true, false, nil   string, true, false, null
 *     bytes                    {"base64": "…"}; without the bytes {"bytes": 2084, "sha256": "…"}, which does not come back
 *     tensor                   {"dtype": "float32", "shape": [128], "data": [0.1, …]}: values row by row; numbers that JSON
 *                              has not are the strings "NaN", "Infinity" and "-Infinity"
 *     map, array               object, array
 *
 * Fields keep their names and their order. A map that has the look of one of the objects above would come back as
 * something else, and is refused.
 */
import { hash } from 'node:crypto'
import { type Tensor, type TensorType, tensorOf, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { digits } from './digits.js'
import { shortestFloat32 } from './shortest-float32.js'

/** How deep JSON may nest, a record being the first level: as deep as a record stream. */
export const MAX_JSON_DEPTH = 32

/** Numbers that JSON has no digits for. */
const NOT_FINITE = ['NaN', 'Infinity', '-Infinity']

/**
 * The JSON of one value of a record, on one line.
 *
 * @param bytes whether bytes are kept, in base64, or their length and SHA-256 stand for them
 * @throws DataError for a map that would come back as something else
 */
export function toJson(value: unknown, bytes: boolean): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value)
    case 'number':
      return Number.isFinite(value) ? digits(value) : `{"float":"${value}"}`
    case 'bigint':
    case 'boolean':
      return String(value)
  }
  if (value === null || value === undefined) return 'null'
  if (value instanceof Uint8Array) return bytes ? base64(value) : digest(value)
  if (Array.isArray(value)) return `[${value.map(inner => toJson(inner, bytes)).join(',')}]`
  return objectJson(value as Record<string, unknown>, bytes)
}

function objectJson(map: Record<string, unknown>, bytes: boolean): string {
  const values = map.data instanceof Uint8Array && isTensorLike(map) ? tensorJson(map) : undefined
  if (values === undefined && isReserved(map)) {
    const found = `a map of ${Object.keys(map).join(', ')}, which would come back from JSON as something else`
    throw new DataError({ expected: 'a map that JSON can hold', found })
  }
  const members: string[] = []
  for (const [key, value] of Object.entries(map)) {
    if (value === undefined) continue
    members.push(`${JSON.stringify(key)}:${key === 'data' && values !== undefined ? values : toJson(value, bytes)}`)
  }
  return `{${members.join(',')}}`
}

function base64(bytes: Uint8Array): string {
  return `{"base64":"${view(bytes).toString('base64')}"}`
}

function digest(bytes: Uint8Array): string {
  return `{"bytes":${bytes.length},"sha256":"${hash('sha256', bytes)}"}`
}

function view(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** @returns undefined where numbers would not say all: bytes that do not fit the shape, a NaN of unusual bits */
function tensorJson(tensor: Tensor): string | undefined {
  const length = tensor.shape.reduce((product, extent) => product * extent, 1)
  if (tensor.data.length !== length * BYTES[tensor.dtype]) return undefined
  const values = tensorValues(tensor)
  const texts: string[] = []
  for (const value of values) {
    if (Number.isNaN(value)) texts.push('"NaN"')
    else if (value === Infinity || value === -Infinity) texts.push(`"${value}"`)
    else if (typeof value === 'bigint') texts.push(String(value))
    else texts.push(tensor.dtype === 'float32' ? shortestFloat32(value) : digits(value))
  }
  return texts.includes('"NaN"') && !plainNaNs(tensor) ? undefined : `[${texts.join(',')}]`
}

const BYTES: Record<TensorType, number> = { uint8: 1, int32: 4, int64: 8, float32: 4, float64: 8 }

/** Whether each NaN has the bits that JavaScript gives NaN: others are lost in text. */
function plainNaNs(tensor: Tensor): boolean {
  const again = tensor.dtype === 'float32' ? new Float32Array(1) : new Float64Array(1)
  again[0] = Number.NaN
  const plain = view(new Uint8Array(again.buffer))
  const bytes = view(tensor.data)
  const values = tensorValues(tensor)
  return values.every((value, i) => {
    if (!Number.isNaN(value)) return true
    return bytes.subarray(i * plain.length, (i + 1) * plain.length).equals(plain)
  })
}

function isTensorLike(map: Record<string, unknown>): map is Record<string, unknown> & Tensor {
  const { dtype, shape } = map
  return (
    Object.keys(map).length === 3 &&
    typeof dtype === 'string' &&
    Object.hasOwn(BYTES, dtype) &&
    Array.isArray(shape) &&
    shape.every(extent => Number.isSafeInteger(extent) && extent >= 0)
  )
}

/** Whether a map reads as the JSON of something that is no map. */
function isReserved(map: Record<string, unknown>): boolean {
  const names = Object.keys(map)
  if (names.length === 1) {
    return typeof map.base64 === 'string' || (typeof map.float === 'string' && NOT_FINITE.includes(map.float))
  }
  if (names.length === 2) return typeof map.bytes === 'number' && typeof map.sha256 === 'string'
  return Array.isArray(map.data) && isTensorLike(map)
}

/**
 * A value of a record from parsed JSON.
 *
 * @throws DataError for base64 that is none, bytes that were left out, a tensor whose values do not fit, and too deep nesting
 */
export function fromJson(json: unknown, depth = 1): unknown {
  if (typeof json === 'number' && !Number.isFinite(json)) {
    throw new DataError({ expected: 'a number that a float64 holds', found: 'a larger one' })
  }
  if (json === null || typeof json !== 'object') return json
  if (depth > MAX_JSON_DEPTH) throw tooDeep()
  if (Array.isArray(json)) return json.map(inner => fromJson(inner, depth + 1))
  const object = json as Record<string, unknown>
  if (isReserved(object)) return reserved(object)
  return Object.fromEntries(Object.entries(object).map(([key, inner]) => [key, fromJson(inner, depth + 1)]))
}

export function tooDeep(): DataError {
  return new DataError({ expected: `at most ${MAX_JSON_DEPTH} levels of objects and arrays`, found: 'more' })
}

function reserved(object: Record<string, unknown>): unknown {
  if (typeof object.base64 === 'string') return fromBase64(object.base64)
  if (typeof object.float === 'string') return Number(object.float)
  if (typeof object.sha256 === 'string') {
    throw new DataError({ expected: 'bytes in base64 (record-json --all keeps them)', found: 'only their sha256' })
  }
  const { dtype, shape, data } = object as { dtype: TensorType; shape: number[]; data: unknown[] }
  const tensor = numbersTensor(dtype, data, shape)
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, key === 'data' ? tensor.data : value]))
}

function fromBase64(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'base64') // skips what is no base64, so that it comes out shorter
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (bytes.length !== (text.length / 4) * 3 - padding) {
    throw new DataError({ expected: 'base64', found: JSON.stringify(text.slice(0, 20)) })
  }
  return bytes
}

/**
 * A tensor of numbers as JSON has them.
 *
 * @throws DataError where there are more or fewer than the shape holds, or one is none of the type's
 */
export function numbersTensor(dtype: TensorType, numbers: unknown[], shape: number[] = [numbers.length]): Tensor {
  const length = shape.reduce((product, extent) => product * extent, 1)
  if (numbers.length !== length) {
    throw new DataError({ expected: `${length} numbers in a tensor of shape [${shape}]`, found: `${numbers.length}` })
  }
  for (const number of numbers) {
    if (!fits(dtype, number)) throw new DataError({ expected: `a ${dtype} number`, found: shown(number) })
  }
  if (dtype === 'int64') return tensorOf(BigInt64Array.from(numbers.map(number => BigInt(number as number))), shape)
  const ArrayType = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array, float64: Float64Array }[dtype]
  return tensorOf(ArrayType.from(numbers.map(Number)), shape)
}

function fits(dtype: TensorType, number: unknown): boolean {
  switch (dtype) {
    case 'uint8':
      return Number.isInteger(number) && (number as number) >= 0 && (number as number) <= 255
    case 'int32':
      return Number.isInteger(number) && (number as number) === ((number as number) | 0)
    case 'int64':
      return Number.isSafeInteger(number) || (typeof number === 'bigint' && number === BigInt.asIntN(64, number))
    default: {
      if (typeof number === 'string') return NOT_FINITE.includes(number)
      if (typeof number !== 'number' && typeof number !== 'bigint') return false
      return dtype === 'float64' || Number.isFinite(Math.fround(Number(number)))
    }
  }
}

/** A JSON value as a message shows it. */
export function shown(value: unknown): string {
  if (value === undefined) return 'none'
  if (value instanceof Uint8Array) return `${value.length} bytes`
  if (Array.isArray(value)) return `an array of ${value.length}`
  if (value !== null && typeof value === 'object') {
    const names = Object.keys(value)
    return `an object of ${names.slice(0, 4).join(', ') || 'nothing'}${names.length > 4 ? ', …' : ''}`
  }
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value)
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}
