import { isDeepStrictEqual } from 'node:util'
import type { TrainingConfig } from './config.js'

/** How far a run goes and what it leaves on the disk: none of it changes a step. */
const FREE: readonly (keyof TrainingConfig)[] = ['stopAfter', 'keep', 'patience']

/**
 * What keeps a run from being resumed: settings that decide a step and are not those that it began with, one line each, as
 * `batchSize: 64 in the run, 32 now`.
 */
export function configDifferences(run: TrainingConfig, now: TrainingConfig): string[] {
  const names = new Set([...Object.keys(run), ...Object.keys(now)]) as Set<keyof TrainingConfig>
  return [...names]
    .filter(name => !FREE.includes(name) && !isDeepStrictEqual(run[name], now[name]))
    .map(name => `${name}: ${shown(run[name])} in the run, ${shown(now[name])} now`)
}

function shown(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
