import { readFileSync } from 'node:fs'
import { isAbsolute, join, normalize, sep } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { shown } from './json-values.js'

const SIGNATURES = [Buffer.of(0xff, 0xd8, 0xff), Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)]

/**
 * The image that a list names, byte for byte.
 *
 * @param folder what the path is relative to; it leads to nothing outside
 * @throws DataError where the path leads out of the folder, and where the file is no JPEG or PNG
 */
export function readImage(folder: string, path: unknown): Uint8Array {
  if (typeof path !== 'string' || path === '')
    throw new DataError({ expected: 'an image, or its path', found: shown(path) })
  const inside = normalize(path)
  if (isAbsolute(inside) || inside.split(sep)[0] === '..' || path.includes('\0')) {
    throw new DataError({ expected: `a path within ${folder}`, found: shown(path) })
  }
  const file = join(folder, inside)
  const bytes = readFileSync(file)
  if (SIGNATURES.some(signature => signature.equals(bytes.subarray(0, signature.length)))) return bytes
  const found = bytes.length === 0 ? 'no bytes' : `0x${bytes.subarray(0, 8).toString('hex')}`
  throw new DataError({ expected: `a JPEG or PNG at ${file}`, found })
}
