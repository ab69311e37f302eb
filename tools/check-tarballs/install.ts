import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Tarball } from './pack.js'
import { closureOf, root } from './packages.js'
import { faultOf } from './run.js'

export interface Installed {
  /** Packages below node_modules, ours among them. */
  packages: number
  /** Bytes of all their files. */
  bytes: number
}

/**
 * Installs packages of ours from their tarballs, with those that they declare, into an empty folder: no install scripts, no overrides,
 * each package with its own declared dependencies alone in reach. Returns what is installed, or what npm said was wrong.
 */
export function install(
  name: string,
  folder: string,
  tarballs: Record<string, Tarball>,
  beside: { ours: readonly string[]; others: Readonly<Record<string, string>> } = { ours: [], others: {} },
): Installed | string {
  mkdirSync(folder)
  const ours = [name, ...beside.ours].reduce((seen, name) => closureOf(name, seen), new Set<string>())
  const files = [...ours].map(name => [`@tiny-face/${name}`, `file:${tarballs[name]!.path}`])
  const dependencies = { ...Object.fromEntries(files), ...beside.others }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies }, null, 2))
  const args = [
    'install',
    '--ignore-scripts',
    '--install-strategy=linked',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
  ]
  const fault = faultOf('npm', args, { cwd: folder })
  if (fault !== undefined) return fault
  const modules = join(folder, 'node_modules')
  const installed = { packages: packagesIn(modules), bytes: bytesIn(modules) }
  // The types of Node, which every TypeScript project has; put there after the count.
  mkdirSync(join(modules, '@types'), { recursive: true })
  symlinkSync(join(root, 'node_modules/@types/node'), join(modules, '@types/node'))
  return installed
}

/** Counted in npm's own record of an install, where links to packages and the folders around them have no version. */
function packagesIn(modules: string): number {
  const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8'))
  return Object.values<{ version?: string }>(packages).filter(({ version }) => version !== undefined).length
}

function bytesIn(folder: string): number {
  let bytes = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) bytes += bytesIn(path)
    else if (entry.isFile()) bytes += lstatSync(path).size
  }
  return bytes
}
