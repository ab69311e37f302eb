import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../..', import.meta.url))

const SCOPE = '@tiny-face/'

export interface Manifest {
  version: string
  exports: Record<string, unknown>
  files?: string[]
  bin?: Record<string, string>
  dependencies?: Record<string, string>
}

export function packageNames(): string[] {
  return readdirSync(join(root, 'packages')).sort()
}

export function packageFolder(name: string): string {
  return join(root, 'packages', name)
}

export function manifestOf(name: string): Manifest {
  return JSON.parse(readFileSync(join(packageFolder(name), 'package.json'), 'utf8'))
}

/** A package of ours, and those of ours that it declares, and so on down; each once, itself first. */
export function closureOf(name: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(name)) return seen
  seen.add(name)
  for (const dependency of Object.keys(manifestOf(name).dependencies ?? {}))
    if (dependency.startsWith(SCOPE)) closureOf(dependency.slice(SCOPE.length), seen)
  return seen
}

/** The specifiers of what a package exports as code: `@tiny-face/record-stream`, `@tiny-face/record-stream/record`. */
export function entriesOf(name: string): string[] {
  return Object.keys(manifestOf(name).exports)
    .filter(entry => !entry.endsWith('.json'))
    .map(entry => `${SCOPE}${name}${entry.slice(1)}`)
}

/** The packages that a piece of code imports: of ours by their short names, of others with the version that a package of ours declares. */
export function importedPackages(name: string, code: string): { ours: string[]; others: Record<string, string> } {
  const imported = [...code.matchAll(/from '((?:@[^/']+\/)?[^/']+)/g)].map(([, specifier]) => specifier!)
  const ours = imported.filter(specifier => specifier.startsWith(SCOPE)).map(specifier => specifier.slice(SCOPE.length))
  const { dependencies = {} } = manifestOf(name)
  const others = imported.filter(specifier => !specifier.startsWith(SCOPE) && dependencies[specifier] !== undefined)
  return { ours, others: Object.fromEntries(others.map(specifier => [specifier, dependencies[specifier]!])) }
}
