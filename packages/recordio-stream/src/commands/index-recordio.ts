import { expandPaths, progressBar, say } from '@tiny-face/command-shell'
import { UsageError } from '@tiny-face/safe-files'
import { checkIndex, type IndexKeys, type IndexSummary, rebuildIndex } from '../index/rebuild-index.js'

const KEYS = { id: "the records' ids", number: "the records' numbers" }

export interface Options {
  check?: boolean
  force?: boolean
  keys?: IndexKeys
}

/** Writes the index of each file anew, or checks the one that is there. */
export function indexRecordIO(paths: readonly string[], { check, force, keys }: Options): void {
  if (check && force) throw new UsageError('--check writes nothing that --force could replace')
  const bar = progressBar({ unit: 'records' })
  const progress = (bytes: number) => bar.advance(1, bytes)
  const summaries = expandPaths(paths, ['.rec']).map(path =>
    check ? checkIndex(path, { keys, progress }) : rebuildIndex(path, { keys, force, progress }),
  )
  bar.done()
  for (const summary of summaries) say(describe(summary))
}

function describe({ file, count, keys, why }: IndexSummary): string {
  const what = keys === undefined ? "its writer's own" : KEYS[keys]
  return `${file}: ${count === 1 ? '1 entry' : `${count} entries`}; keys are ${what}${why === undefined ? '' : `, for ${why}`}`
}
