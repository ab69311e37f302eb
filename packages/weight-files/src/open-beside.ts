import { realpathSync } from 'node:fs'
import { dirname, isAbsolute, join, sep } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { FileBytes } from './file-bytes.js'

/**
 * Opens a file that another one names, of its own folder, wherever links lead.
 *
 * @param location relative to the folder, with `/`
 * @param expected for the message: what is to be in the folder
 * @throws DataError where it is missing, or outside of the folder
 */
export function openBeside(file: string, location: string, expected: string): FileBytes {
  const outside = () => new DataError({ file, expected, found: JSON.stringify(location.slice(0, 100)) })
  if (location === '' || location.includes('\0') || isAbsolute(location)) throw outside()
  const folder = realpathSync(dirname(file))
  const path = join(folder, location)
  if (!path.startsWith(`${folder}${sep}`)) throw outside()
  let real: string
  try {
    real = realpathSync(path)
  } catch (cause) {
    throw new DataError({ file, expected: `${location} beside it, with its numbers`, found: 'none', cause })
  }
  if (!real.startsWith(`${folder}${sep}`)) throw outside()
  return new FileBytes(real)
}
