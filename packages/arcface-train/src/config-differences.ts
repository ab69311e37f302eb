import { isDeepStrictEqual } from 'node:util'
import type { TrainingConfig } from './config.js'

/** How far a run goes, what it leaves on the disk, and whether it stops at a step that it cannot take: none of it changes a step. */
const FREE: readonly (keyof TrainingConfig)[] = ['stopAfter', 'keep', 'patience', 'skipNonfinite']

/**
 * What keeps a run from being resumed: settings that decide a step and are not those that it began with, one line each, as
 * `batchSize: 64 in the run, 32 now`.
 */
export function configDifferences(run: TrainingConfig, now: TrainingConfig): string[] {
  const names = new Set([...Object.keys(run), ...Object.keys(now)]) as Set<keyof TrainingConfig>
  const [before, after] = [comparable(run), comparable(now)]
  return [...names]
    .filter(name => !FREE.includes(name) && !isDeepStrictEqual(before[name], after[name]))
    .filter(name => name !== 'fingerprint' || run.fingerprint !== undefined)
    .map(name =>
      name === 'fingerprint' ? OTHER_DATA : `${name}: ${shown(run[name])} in the run, ${shown(now[name])} now`,
    )
}

const OTHER_DATA = 'data: other images or labels than those of the run, or in another order'

/** Where files lie may change between two parts of a run. */
function comparable({
  source,
  init,
  verify,
  ...config
}: TrainingConfig): Partial<Record<keyof TrainingConfig, unknown>> {
  return { ...config, init: init !== undefined, verify: verify.map(({ name }) => name) }
}

function shown(value: unknown): string {
  if (value === undefined) return 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
