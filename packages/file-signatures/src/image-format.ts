/** The formats of images that are told apart; which of them a tool decodes is the tool's affair. */
export type ImageFormat = 'jpeg' | 'png' | 'pgm' | 'bmp' | 'gif' | 'webp' | 'tiff' | 'heic' | 'avif' | 'jpeg2000'

/** A signature's bytes as text of Latin-1; `?` stands for any byte. */
const SIGNATURES: readonly (readonly [ImageFormat, string])[] = [
  ['png', '\x89PNG\r\n\x1a\n'],
  ['pgm', 'P5'],
  // The four bytes behind are the file's size, the next four are reserved and 0.
  ['bmp', 'BM????\0\0\0\0'],
  ['gif', 'GIF87a'],
  ['gif', 'GIF89a'],
  ['webp', 'RIFF????WEBP'],
  ['tiff', 'II*\0'],
  ['tiff', 'MM\0*'],
  // ISO 14496-12: a box of any length, `ftyp`, then the brand.
  ['heic', '????ftyphei'],
  ['heic', '????ftyphev'],
  ['heic', '????ftypmif1'],
  ['avif', '????ftypavif'],
  ['jpeg2000', '\0\0\0\x0cjP  \r\n\x87\n'],
]

/**
 * What the first bytes say an image is, whatever its name; 12 bytes are enough.
 *
 * @param at where among the bytes the image begins
 */
export function imageFormat(bytes: Uint8Array, at = 0): ImageFormat | undefined {
  // Nearly all are JPEGs: these need no table.
  if (bytes[at] === 0xff) return bytes[at + 1] === 0xd8 && bytes[at + 2] === 0xff ? 'jpeg' : undefined
  return SIGNATURES.find(([, signature]) => beginsWith(bytes, signature, at))?.[0]
}

/** Whether bytes begin with a signature, as text of Latin-1 where `?` stands for any byte. */
export function beginsWith(bytes: Uint8Array, signature: string, at = 0): boolean {
  for (let i = 0; i < signature.length; i++) {
    if (at + i >= bytes.length || (signature[i] !== '?' && bytes[at + i] !== signature.charCodeAt(i))) return false
  }
  return true
}
