import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isBytes, isNumpyArray, type OpenPickle, type OpenValue, type PickleValue } from '../src/index.js'

/** What an open pickle holds, its bytes fetched: as readPickle gives it. */
export function plainValue({ value, bytesOf }: OpenPickle): PickleValue {
  function plain(part: OpenValue): PickleValue {
    if (typeof part !== 'object' || part === null) return part
    if (isBytes(part)) return bytesOf(part).slice()
    if (isNumpyArray(part)) return { ...part, data: bytesOf(part.data).slice() }
    if (part instanceof Map) return new Map(Array.from(part, ([key, entry]) => [plain(key), plain(entry)]))
    if (part instanceof Set) return new Set(Array.from(part as ReadonlySet<OpenValue>, plain))
    const items = Array.from(part as Iterable<OpenValue>, plain)
    return Object.isFrozen(part) ? Object.freeze(items) : items
  }
  return plain(value)
}

/** Runs `read` on a descriptor of a file of those bytes. */
export function inFile<T>(bytes: Uint8Array, read: (fd: number) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'safe-pickle-'))
  try {
    writeFileSync(join(folder, 'x.bin'), bytes)
    const fd = openSync(join(folder, 'x.bin'), 'r')
    try {
      return read(fd)
    } finally {
      closeSync(fd)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
