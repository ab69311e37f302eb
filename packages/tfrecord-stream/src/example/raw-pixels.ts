/**
 * Images that were written as bare pixels, with their size in features beside them, as TensorFlow's own tutorials do:
 *
 *     image_raw   bytes, one value: height x width x depth bytes, row by row, RGB (depth 3) or grey (depth 1)
 *     height      int64, one value; likewise width, and depth (or channels), which may be absent
 *
 * or with `image/` before the names of the sizes. They become PNG, which loses nothing.
 */
import { deflateSync } from 'node:zlib'
import { crc32 } from '@node-rs/crc32'
import { imageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import type { Example } from './example.js'

/** The largest height or width that is taken for one: that of JPEG. */
const MAX_EXTENT = 65_535
const COLOUR_TYPES: { [depth: number]: number } = { 1: 0, 3: 2 }

/**
 * The image as PNG, where it is bare pixels; as it is, where it begins as an image does or no size is given.
 *
 * @throws DataError where it is not as long as the sizes say
 */
export function fromRawPixels(image: Uint8Array, example: Example): Uint8Array {
  const height = sizeOf(example, 'height')
  const width = sizeOf(example, 'width')
  if (height === undefined || width === undefined || imageFormat(image) !== undefined) return image
  const depth = sizeOf(example, 'depth') ?? sizeOf(example, 'channels') ?? image.byteLength / (height * width)
  if (COLOUR_TYPES[depth] === undefined || height * width * depth !== image.byteLength) {
    const expected = `a JPEG, a PNG, or ${height} x ${width} x ${Number.isInteger(depth) ? depth : '1 or 3'} bytes of pixels`
    throw new DataError({ expected, found: `${image.byteLength} bytes` })
  }
  return png(image, height, width, depth)
}

function sizeOf(example: Example, name: string): number | undefined {
  const feature = example.get(name) ?? example.get(`image/${name}`)
  if (feature?.kind !== 'int64' || feature.values.length !== 1) return undefined
  const size = Number(feature.values[0])
  return size >= 1 && size <= MAX_EXTENT ? size : undefined
}

/** PNG (RFC 2083) of 8-bit samples, each row as it is. */
function png(pixels: Uint8Array, height: number, width: number, depth: number): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width)
  header.writeUInt32BE(height, 4)
  header[8] = 8
  header[9] = COLOUR_TYPES[depth]!
  const stride = width * depth
  const rows = Buffer.alloc(height * (1 + stride))
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * stride, (y + 1) * stride), y * (1 + stride) + 1)
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}
