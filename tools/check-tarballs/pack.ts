import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { manifestOf, packageFolder, root } from './packages.js'

/** What each tarball has to carry besides its code. */
const ALWAYS = ['LICENSE', 'README.md', 'package.json']

export interface Tarball {
  path: string
  /** Bytes of the tarball itself. */
  size: number
  /** Its files, by their paths in the package. */
  files: string[]
}

interface Packed {
  name: string
  filename: string
  size: number
  files: { path: string }[]
}

/**
 * Packs every package into `folder`.
 * @throws {Error} where npm does
 */
export function pack(folder: string): Record<string, Tarball> {
  mkdirSync(folder)
  const args = ['pack', '--json', '--workspaces', '--pack-destination', folder]
  const { status, stdout, stderr } = spawnSync('npm', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 })
  if (status !== 0) throw new Error(`npm pack: ${stderr}`)
  const packed: Packed[] = Object.values(JSON.parse(stdout))
  const tarballs = packed.map(({ name, filename, size, files }) => [
    name.slice(name.indexOf('/') + 1),
    { path: join(folder, filename), size, files: files.map(({ path }) => path) },
  ])
  return Object.fromEntries(tarballs)
}

/** What a tarball lacks, or has without a reason: a file of `dist` whose source is gone, an entry of `files` that is not there. */
export function checkContents(name: string, { files }: Tarball): string[] {
  const faults = ALWAYS.filter(path => !files.includes(path)).map(path => `its tarball lacks ${path}`)
  for (const path of files) {
    const source = /^dist\/(.*?)\.(d\.ts|js|js\.map)$/.exec(path)?.[1]
    if (source !== undefined && !existsSync(join(packageFolder(name), 'src', `${source}.ts`)))
      faults.push(`its tarball has ${path}, whose source is gone: remove dist and build again`)
  }
  for (const path of manifestOf(name).files ?? [])
    if (!existsSync(join(packageFolder(name), path))) faults.push(`its package.json lists ${path}, which is not there`)
  return faults
}
