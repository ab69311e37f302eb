import { readFileSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { fileKind, imageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { shown } from './json-values.js'

/**
 * The image that a list names, byte for byte.
 *
 * @param folder what the path is relative to, or lies in where it is absolute; it leads to nothing outside
 * @throws DataError where the path leads out of the folder, and where there is no file, or it is no JPEG or PNG
 */
export function readImage(folder: string, path: unknown): Uint8Array {
  if (typeof path !== 'string' || path === '')
    throw new DataError({ expected: 'an image, or its path', found: shown(path) })
  const inside = relative(resolve(folder), resolve(folder, path))
  if (inside.split(sep)[0] === '..' || isAbsolute(inside) || path.includes('\0')) {
    throw new DataError({ expected: `a path within ${folder}`, found: shown(path) })
  }
  const file = join(folder, inside)
  const expected = `a JPEG or PNG at ${file}`
  if (statSync(file, { throwIfNoEntry: false }) === undefined) throw new DataError({ expected, found: 'no such file' })
  const bytes = readFileSync(file)
  const format = imageFormat(bytes)
  if (format === 'jpeg' || format === 'png') return bytes
  throw new DataError({ expected, found: fileKind(bytes) ?? `0x${bytes.toString('hex', 0, 8)}` })
}
