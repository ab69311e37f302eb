import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { engineFolder } from './engine-cache.js'
import { type NativeEngineName, PINNED_ENGINES } from './pinned-engines.js'

export interface InstalledEngine {
  readonly version: string
  readonly folder: string
  /** The file that is loaded: oneDNN's shared library, tfjs-node's addon. */
  readonly library: string
  /** Of all its files, in bytes. */
  readonly size: number
  /** What it said of itself when it was proved: its own version, the device it got. */
  readonly proof: string
}

/** The record of what was installed, written last; its files are checked against it. */
export interface InstallationRecord {
  readonly proof: string
  /** Bytes by path. */
  readonly files: Readonly<Record<string, number>>
}

export const RECORD_FILE = 'engine.json'

/** The engine as it lies in the cache, or undefined where it is not there or not whole. */
export function installedEngine(name: NativeEngineName): InstalledEngine | undefined {
  const engine = PINNED_ENGINES[name]
  const folder = engineFolder(engine)
  const record = readRecord(folder)
  if (!record) return undefined
  const files = Object.entries(record.files)
  const whole = files.every(([path, size]) => statSync(join(folder, path), { throwIfNoEntry: false })?.size === size)
  if (!whole) return undefined
  const size = files.reduce((sum, [, bytes]) => sum + bytes, 0)
  return { version: engine.version, folder, library: join(folder, engine.library), size, proof: record.proof }
}

/** What to tell a person who asks for an engine that is not there. */
export function installHint(name: NativeEngineName): string {
  return `engine ${name} is not installed: engine-install ${name} installs it`
}

function readRecord(folder: string): InstallationRecord | undefined {
  try {
    const { proof, files } = JSON.parse(readFileSync(join(folder, RECORD_FILE), 'utf8'))
    return typeof proof === 'string' && typeof files === 'object' && files !== null ? { proof, files } : undefined
  } catch {
    return undefined
  }
}
