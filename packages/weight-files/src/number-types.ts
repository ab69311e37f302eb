import { fromHalf } from './float16.js'

/** Bytes of a number of each type. */
export const NUMBER_BYTES = {
  float64: 8,
  float32: 4,
  float16: 2,
  bfloat16: 2,
  int64: 8,
  int32: 4,
  int16: 2,
  uint16: 2,
  int8: 1,
  uint8: 1,
  bool: 1,
} as const

export type NumberType = keyof typeof NUMBER_BYTES

/**
 * Numbers of any type as float32, rounded to the nearest.
 *
 * @param bytes a whole number of them; the result may share their memory
 */
export function toFloat32(bytes: Uint8Array, type: NumberType, littleEndian = true): Float32Array {
  const count = bytes.length / NUMBER_BYTES[type]
  // The numbers of a machine that this project runs on are little-endian as well.
  if (type === 'float32' && littleEndian && bytes.byteOffset % 4 === 0)
    return new Float32Array(bytes.buffer as ArrayBuffer, bytes.byteOffset, count)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const values = new Float32Array(count)
  const number = READERS[type]
  const size = NUMBER_BYTES[type]
  for (let i = 0; i < count; i++) values[i] = number(view, i * size, littleEndian)
  return values
}

const READERS: Record<NumberType, (view: DataView, at: number, littleEndian: boolean) => number> = {
  float64: (view, at, little) => view.getFloat64(at, little),
  float32: (view, at, little) => view.getFloat32(at, little),
  float16: (view, at, little) => fromHalf(view.getUint16(at, little)),
  bfloat16: (view, at, little) => bfloat16(view.getUint16(at, little)),
  int64: (view, at, little) => Number(view.getBigInt64(at, little)),
  int32: (view, at, little) => view.getInt32(at, little),
  int16: (view, at, little) => view.getInt16(at, little),
  uint16: (view, at, little) => view.getUint16(at, little),
  int8: (view, at) => view.getInt8(at),
  uint8: (view, at) => view.getUint8(at),
  bool: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
}

const scratch = new DataView(new ArrayBuffer(4))

/** The upper half of a float32. */
function bfloat16(bits: number): number {
  scratch.setUint32(0, bits << 16)
  return scratch.getFloat32(0)
}
