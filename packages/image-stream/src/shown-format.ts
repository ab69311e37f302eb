import { imageFormat } from '@tiny-face/file-signatures'

/** For messages: the format of bytes, where it is known, or the first of them. */
export function shownFormat(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'no bytes'
  return imageFormat(bytes)?.toUpperCase() ?? `0x${Buffer.from(bytes.subarray(0, 8)).toString('hex')}`
}
