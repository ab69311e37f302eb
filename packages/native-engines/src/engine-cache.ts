import { rmdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { userCache } from '@tiny-face/pinned-downloads'
import type { PinnedEngine } from './pinned-engines.js'

/** Where engines are installed: `$TINY_FACE_ENGINES`, or `tiny-face-engines` in the user's cache folder. */
export function engineCache(): string {
  return process.env.TINY_FACE_ENGINES || join(userCache(), 'tiny-face-engines')
}

/** The folder of one engine in one version: `onednn-2023.2.0`. */
export function engineFolder({ name, version }: Pick<PinnedEngine, 'name' | 'version'>): string {
  return join(engineCache(), `${name}-${version}`)
}

/** Removes the cache's folder where nothing is left in it, and the user's cache folder where we were alone in that. */
export function removeEmptyCache(): void {
  const cache = engineCache()
  const folders = dirname(cache) === userCache() ? [cache, userCache()] : [cache]
  try {
    for (const folder of folders) rmdirSync(folder)
  } catch {
    // It holds something, or is not there.
  }
}
