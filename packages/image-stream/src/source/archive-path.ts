import { existsSync, statSync } from 'node:fs'
import { dirname, normalize } from 'node:path'

/**
 * The archive in a path that names a file in it, as messages do: of `faces.zip/set/train.rec`, `faces.zip` and `set/train.rec`.
 *
 * @returns the path as it is, with nothing inside, unless it leads through a file
 */
export function splitArchivePath(path: string): { archive: string; inside?: string } {
  const whole = normalize(path)
  let archive = whole
  while (!existsSync(archive) && archive !== dirname(archive)) archive = dirname(archive)
  if (archive === whole || !statSync(archive).isFile()) return { archive: path }
  return { archive, inside: whole.slice(archive.length + 1) }
}
