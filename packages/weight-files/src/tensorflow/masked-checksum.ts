import { crc32c } from '@node-rs/crc32'

/** The CRC-32C of bytes as TensorFlow and LevelDB write it: turned by 15 bits, plus a constant. */
export function maskedChecksum(bytes: Uint8Array, before = 0): number {
  return masked(crc32c(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length), before))
}

export function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0
}
