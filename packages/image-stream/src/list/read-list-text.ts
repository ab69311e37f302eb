import { readFileSync } from 'node:fs'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'

/**
 * The text of a list of images or pairs, without a byte order mark.
 *
 * @param expected what the list was to be, for the error
 * @throws DataError for a file that is known to be something else
 */
export function readListText(file: string, expected: string): string {
  const bytes = readFileSync(file)
  const kind = fileKind(bytes.subarray(0, KIND_BYTES))
  // Of an empty list the caller says what it lacks.
  if (kind !== undefined && kind !== 'a text' && kind !== 'an empty file') {
    throw new DataError({ file, expected, found: kind })
  }
  return bytes.toString('utf8').replace(/^\ufeff/, '')
}
