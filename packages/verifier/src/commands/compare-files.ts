import { list, number, objectWith, optional, readJson, whole } from '@tiny-face/checked-json'
import { figuresOutput } from '@tiny-face/command-shell'
import { DataError, UsageError } from '@tiny-face/safe-files'
import { type ComparedResult, compareResults } from '../compare/compare-results.js'
import { comparisonTable } from '../compare/comparison-table.js'
import { FARS } from '../verify.js'
import type { Options } from './verify-stream.js'

/** What is read of the JSON of face-verify. */
const RESULT = objectWith({
  thresholds: list(number()),
  each_pair: optional(objectWith({ index: list(whole(0)), same: list(number(0, 1)), distance: list(number(0)) })),
})

/** Options that change what is made of a stream. */
const OF_STREAMS = ['pca', 'by', 'samples', 'pairs', 'report', 'beside', 'unframed'] as const

/** Says of two results of the same pairs whether one is better, as a table and as JSON. */
export function compareFiles(
  files: readonly string[],
  { seed, json, force, ...others }: Partial<Options> & { seed: number },
): void {
  const [first, second, ...more] = files
  if (first === undefined || second === undefined || more.length > 0)
    throw new UsageError(`--compare takes two files, not ${files.length}`)
  const idle = OF_STREAMS.find(name => others[name] !== undefined)
  if (idle !== undefined)
    throw new UsageError(`--compare reads two results and no stream: --${idle} does not go with it`)
  const write = figuresOutput(json, { force })
  const results = [readResult(first), readResult(second)] as const
  const comparison = compareResults(...results, seed)
  const different = results[0].pairs.same.reduce((count, same) => count - same, comparison.pairs)
  const { tars, onlyFirst, onlySecond, ...rest } = comparison
  const text = `${JSON.stringify({
    a: first,
    b: second,
    ...rest,
    tar: Object.fromEntries(FARS.map((far, i) => [far, tars[i]])),
    only_a: onlyFirst,
    only_b: onlySecond,
  })}\n`
  write({ json: [text], table: comparisonTable(comparison, [first, second], different) })
}

function readResult(name: string): ComparedResult {
  const { thresholds, each_pair: pairs } = readJson(name, RESULT)
  if (pairs === undefined)
    throw new DataError({ file: name, message: 'says nothing of each pair: face-verify --json FILE --pairs does' })
  const { index, same, distance } = pairs
  const { length } = index
  if (same.length !== length || distance.length !== length || thresholds.length === 0 || length < thresholds.length) {
    throw new DataError({
      file: name,
      expected: 'index, same and distance of the same pairs, at least one for each threshold',
      found: `${length}, ${same.length} and ${distance.length}, and ${thresholds.length} thresholds`,
    })
  }
  return {
    name,
    thresholds,
    indices: Float64Array.from(index),
    pairs: { length, same: Uint8Array.from(same), distances: Float64Array.from(distance) },
  }
}
