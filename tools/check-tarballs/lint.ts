import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Tarball } from './pack.js'
import { faultOf } from './run.js'

// Not among the project's own dependencies: only this check needs them.
const LINTERS = ['publint@0.3.25', '@arethetypeswrong/cli@0.18.5']

/**
 * Fetches publint and are-the-types-wrong; returns the folder of their commands.
 * @throws {Error} where npm does
 */
export function installLinters(folder: string): string {
  mkdirSync(folder)
  const fault = faultOf('npm', [
    'install',
    '--ignore-scripts',
    '--prefer-offline',
    '--no-audit',
    '--prefix',
    folder,
    ...LINTERS,
  ])
  if (fault !== undefined) throw new Error(fault)
  return join(folder, 'node_modules/.bin')
}

/** Every package is for ES modules alone: what older resolutions would want is no fault. */
export function lintTarball({ path }: Tarball, linters: string): string[] {
  const faults = [
    faultOf(join(linters, 'publint'), ['run', path, '--strict']),
    faultOf(join(linters, 'attw'), [path, '--profile', 'esm-only', '--no-emoji', '--no-color']),
  ]
  return faults.filter(fault => fault !== undefined)
}
