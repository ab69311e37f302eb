import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { isRunning } from '@tiny-face/safe-files'
import { engineCache, removeEmptyCache } from './engine-cache.js'
import type { NativeEngineName } from './pinned-engines.js'

/**
 * Removes an engine in every version, what broken-off installations left of it, and the cache's folder with the last engine.
 *
 * @returns the folders that are gone
 */
export function removeEngine(name: NativeEngineName): string[] {
  const cache = engineCache()
  const mine = new RegExp(`^${name}-\\d[^/]*$`)
  const folders = existsSync(cache) ? readdirSync(cache).filter(entry => mine.test(entry) && !isBeingMade(entry)) : []
  for (const folder of folders) {
    // Out of sight at once: what is half removed must not look installed.
    const doomed = folder.endsWith('.partial') ? folder : `${folder}.${process.pid}.partial`
    if (doomed !== folder) renameSync(join(cache, folder), join(cache, doomed))
    rmSync(join(cache, doomed), { recursive: true, force: true })
  }
  removeEmptyCache()
  return folders.map(folder => join(cache, folder))
}

/** Whether it is what another process has begun to install. */
function isBeingMade(folder: string): boolean {
  const pid = /\.(\d+)\.partial$/.exec(folder)?.[1]
  return pid !== undefined && isRunning({ host: hostname(), pid: Number(pid) })
}
