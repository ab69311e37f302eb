import { existsSync, lstatSync, realpathSync } from 'node:fs'

/**
 * Where a gallery lies that may be named by a link to it. What is written goes there, not in the link's place: who is removed by the one
 * name would stay by the other.
 */
export function followLink(path: string): string {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
  return isLink && existsSync(path) ? realpathSync(path) : path
}
