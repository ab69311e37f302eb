import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { PinnedFile, Wheel } from '@tiny-face/pinned-downloads'
import { type Member, zip } from '../../pinned-downloads/test/zip.js'
import { type NativeEngineName, PINNED_ENGINES, type PinnedEngine } from '../src/index.js'

/** Why nothing can be installed on this machine, from whatever files. */
export const NOT_HERE = process.platform === 'linux' && process.arch === 'x64' ? false : 'engines are for Linux x86-64'

/** What the registries are pinned to, for a file of our own making. */
export function pinned(bytes: Uint8Array): PinnedFile {
  return { size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') }
}

/** Writes a wheel into a folder: every member is taken, under its own name. */
export function makeWheel(from: string, members: readonly Member[]): Wheel {
  const bytes = zip(members)
  const file = 'made-1.0-py3-none-any.whl'
  writeFileSync(join(from, file), bytes)
  const take = Object.fromEntries(members.map(({ name }) => [name, name]))
  return { requirement: 'made==1.0', file, platform: 'any', take, ...pinned(bytes) }
}

/** Pins an engine to files of our own making, for as long as this process runs: no test downloads 40 to 3,000 MB. */
export function pin(name: NativeEngineName, engine: Partial<PinnedEngine>): void {
  const made = { ...PINNED_ENGINES[name], npmPackages: [], files: {}, sonames: {}, room: 0, ...engine }
  Object.assign(PINNED_ENGINES, { [name]: made })
}
