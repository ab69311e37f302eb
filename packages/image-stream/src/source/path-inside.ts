import { isAbsolute, posix, relative, resolve } from 'node:path'

/**
 * A path that a list gives, relative to the source: as it is, or absolute and within the source.
 *
 * @returns undefined for one that leads out of the source
 */
export function pathInside(source: string, path: string): string | undefined {
  const own = isAbsolute(path) ? relative(resolve(source), resolve(path)) : path
  const inside = posix.normalize(own.replaceAll('\\', '/'))
  return inside === '..' || inside.startsWith('../') || isAbsolute(inside) || inside.includes('\0') ? undefined : inside
}
