/** The formats that are read. A stream's `image` is one of the first two. */
export type ImageFormat = 'jpeg' | 'png' | 'pgm'

const SIGNATURES: [ImageFormat, number[]][] = [
  ['jpeg', [0xff, 0xd8, 0xff]],
  ['png', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]],
  ['pgm', [0x50, 0x35]],
]

/** What the first bytes say an image is, whatever its name. */
export function imageFormat(bytes: Uint8Array): ImageFormat | undefined {
  return SIGNATURES.find(([, signature]) => signature.every((byte, i) => bytes[i] === byte))?.[0]
}
