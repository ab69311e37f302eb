// Writes docs/licences.md: what is installed with the packages, and under which licences. After a change of a dependency:
// node --import=tsx tools/list-licences.ts
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const OURS = '@tiny-face/'

/** Licences that ask for no more than their text and a notice. */
export const ALLOWED: readonly string[] = [
  '0BSD',
  'Apache-2.0',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
]

/** Packages under another licence, by how their names begin, and why they may be there. */
export const EXCEPTIONS: Readonly<Record<string, string>> = {
  '@img/sharp-':
    "libvips, which sharp loads as a shared library of its own. The LGPL lets a program of any licence use such a library, as long as the library's own files can be replaced; nothing of it is copied into this project.",
}

/** What package.json files say in other words than SPDX's list (https://spdx.org/licenses/). */
const SPDX: Readonly<Record<string, string>> = { 'Apache 2.0': 'Apache-2.0' }

interface Locked {
  version?: string
  license?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

export interface Dependency {
  name: string
  version: string
  /** An expression of SPDX: `MIT`, `(MIT OR CC0-1.0)`, `Apache-2.0 AND MIT`. */
  licence: string
  /** Where it lies, from the root of the project; for another system it is not there. */
  path: string
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(join(root, 'docs/licences.md'), licencesPage())

/** What our packages declare, and so on down, as the lock file has it for all systems; in the order of names. */
export function productionDependencies(): Dependency[] {
  const locked: Record<string, Locked> = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
  const found = new Map<string, Dependency>()
  const visit = (path: string) => {
    const { dependencies, optionalDependencies } = locked[path]!
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
      if (name.startsWith(OURS)) continue
      const at = resolved(locked, path, name)
      if (found.has(at)) continue
      const { version = '', license = 'none' } = locked[at]!
      found.set(at, { name, version, licence: SPDX[license] ?? license, path: at })
      visit(at)
    }
  }
  for (const path of Object.keys(locked))
    if (path.startsWith('packages/') && !path.includes('node_modules')) visit(path)
  return [...found.values()].sort((a, b) => (`${a.name}@${a.version}` < `${b.name}@${b.version}` ? -1 : 1))
}

/** Where Node finds `name` from a package: in its own node_modules, or in that of a folder above. */
function resolved(locked: Record<string, Locked>, from: string, name: string): string {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const path = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (locked[path] !== undefined) return path
    if (folder === '') throw new Error(`package-lock.json: ${from} needs ${name}, which is not there`)
  }
}

/** Whether all that a licence asks for is allowed; of alternatives one is enough. */
export function isAllowed(licence: string): boolean {
  const alternatives = licence.replaceAll(/[()]/g, '').split(' OR ')
  return alternatives.some(all => all.split(' AND ').every(one => ALLOWED.includes(one)))
}

/** Why a package under a licence that is not allowed may be there, if it may. */
export function exceptionFor({ name }: Dependency): string | undefined {
  return Object.entries(EXCEPTIONS).find(([start]) => name.startsWith(start))?.[1]
}

/** docs/licences.md. */
export function licencesPage(): string {
  const byLicence = new Map<string, string[]>()
  const all = productionDependencies()
  for (const { name, version, licence } of all)
    byLicence.set(licence, [...(byLicence.get(licence) ?? []), `${name} ${version}`])
  const rows = [...byLicence]
    .sort(([a, left], [b, right]) => right.length - left.length || (a < b ? -1 : 1))
    .map(([licence, names]) => `| ${licence.replaceAll(/[()]/g, '')} | ${names.join(', ')} |`)
  const exceptions = new Set(all.filter(({ licence }) => !isAllowed(licence)).map(exceptionFor))
  return `# Licences

The packages themselves are under [Apache-2.0](../LICENSE). What is installed with them, ${all.length} packages for all systems together, of which
one system takes about half:

| licence | packages |
| --- | --- |
${rows.join('\n')}

Under LGPL-3.0-or-later is ${[...exceptions].join(' ')}

Allowed are ${ALLOWED.join(', ')}. The engines that \`engine-install\` fetches, the detectors of \`face-align --install\` and the network of
\`arcface-export --from\` are no part of any package; each command says what it fetches.

This page is written by \`node --import=tsx tools/list-licences.ts\`; a test holds that it is up to date, and that the package.json of every package
that is installed says the same.
`
}
