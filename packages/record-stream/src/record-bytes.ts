import type { DataMap } from './record.js'

/** The bytes of a record's image and tensors. */
export function faceBytes({ image, pixels, embedding, flipped }: DataMap): number {
  const tensors = [pixels, embedding, flipped].reduce((sum, tensor) => sum + (tensor?.data.byteLength ?? 0), 0)
  return (image?.byteLength ?? 0) + tensors
}

/** The same and its payload's: what a summary counts. */
export function recordBytes(record: DataMap): number {
  return faceBytes(record) + (record.payload?.byteLength ?? 0)
}
