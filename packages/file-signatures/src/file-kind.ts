import { beginsWith, imageFormat } from './image-format.js'

/** As many of a file's first bytes tell what it is. */
export const KIND_BYTES = 512

const LFS_POINTER = 'version https://git-lfs.github.com/spec/v1\n'
const TAR_MAGIC_AT = 257

const SIGNATURES: readonly (readonly [kind: string, signature: string])[] = [
  ['a Git LFS pointer; git lfs pull fetches the file it stands for', LFS_POINTER],
  ['a RecordIO file', '\x0a\x23\xd7\xce'],
  ['a gzip file', '\x1f\x8b'],
  ['a zip archive', 'PK\x03\x04'],
  ['a zip archive', 'PK\x05\x06'],
  ['a Zstandard file', '\x28\xb5\x2f\xfd'],
  ['an xz file', '\xfd7zXZ\0'],
  ['a Parquet file', 'PAR1'],
  ['a numpy array (.npy)', '\x93NUMPY'],
  ['a MATLAB file (.mat)', 'MATLAB ?.? MAT-file'],
  ['an HDF5 file', '\x89HDF\r\n\x1a\n'],
  ['a TensorFlow Lite model (.tflite)', '????TFL3'],
  ["onnxruntime's own format (.ort)", '????ORTM'],
  // NDARRAY lists begin with the number 0x112 and a reserved one, each of 8 bytes.
  ['an MXNet file of weights (.params)', '\x12\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0'],
  // The length of a header of JSON, in 8 bytes, and its first two characters.
  ['a safetensors file', '?????\0\0\0{"'],
  // What torch.save wrote before version 1.6: a pickle of a magic number comes first.
  ['a PyTorch file (.pth, .pt)', '\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19'],
  ['a PDF', '%PDF-'],
]

/**
 * What a file is that is not what it was given for: for the `found` of an error that a reader throws at its first bytes.
 *
 * @param head the file's first bytes, KIND_BYTES where it has as many
 * @returns with its article, as in `a zip archive`; undefined where the bytes do not tell
 */
export function fileKind(head: Uint8Array): string | undefined {
  if (head.length === 0) return 'an empty file'
  if (isPyTorchZip(head)) return 'a PyTorch file (.pth, .pt)'
  const known = SIGNATURES.find(([, signature]) => beginsWith(head, signature))
  if (known !== undefined) return known[0]
  if (beginsWith(head, 'ustar', TAR_MAGIC_AT)) return 'a tar archive'
  const format = imageFormat(head)
  // Two letters alone are as likely to begin a text.
  if (format !== undefined && format !== 'pgm') return `an image (${format.toUpperCase()})`
  const text = textOf(head)
  if (text === undefined) return undefined
  if (/^\s*<(?:!doctype\s+html|html|head|body)\b/i.test(text)) return 'an HTML page'
  if (/^\s*<\?xml\b/.test(text)) return 'an XML document'
  return 'a text'
}

/** A zip archive whose first file is called `data.pkl`, in a folder (torch.save since version 1.6). */
function isPyTorchZip(head: Uint8Array): boolean {
  if (!beginsWith(head, 'PK\x03\x04')) return false
  const name = head.subarray(30, 30 + (head[26]! | (head[27]! << 8)))
  return Buffer.from(name).toString('latin1').endsWith('/data.pkl')
}

/** The bytes as text: UTF-8 that may break off within a character, without any control character that texts do not have. */
function textOf(head: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return /[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/.test(text) ? undefined : text
  } catch {
    return undefined
  }
}
