import { readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isAbsolute, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'

const require = createRequire(import.meta.url)

/**
 * The files behind what a person typed: a path as it is; of a folder the files with one of the suffixes (or with it in capitals), not
 * those of folders in it; of a glob (one that the shell left alone, `'faces/*.rec'`) the files it matches. Files of a folder or
 * glob are in the order of their names' code units, on any machine.
 *
 * @param suffixes as `.rec`
 * @throws DataError where a folder holds no such file, or no file matches a glob
 */
export function expandPaths(paths: readonly string[], suffixes: readonly string[]): string[] {
  return paths.flatMap(path => {
    const stat = statSync(path, { throwIfNoEntry: false })
    if (stat?.isDirectory()) return filesOf(path, suffixes)
    if (stat !== undefined) return [path]
    // Loaded only now: most command lines hold no glob, and a command's help does not wait for it.
    const { globSync, isDynamicPattern } = require('tinyglobby') as typeof import('tinyglobby')
    if (!isDynamicPattern(path)) return [path]
    const files = globSync(path, { expandDirectories: false, absolute: isAbsolute(path) }).sort()
    if (files.length === 0) throw new DataError({ file: path, expected: 'files that match', found: 'none' })
    return files
  })
}

function filesOf(folder: string, suffixes: readonly string[]): string[] {
  const names = readdirSync(folder)
    .filter(name => suffixes.some(suffix => name.toLowerCase().endsWith(suffix)))
    .sort()
  if (names.length > 0) return names.map(name => join(folder, name))
  throw new DataError({ file: folder, expected: `files *${suffixes.join(' or *')}`, found: 'none' })
}
