// Is a global shuffle one? Held against what a uniform permutation of n records is expected to show.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { LEAST_MEMORY } from '@tiny-face/global-shuffle'
import { readShards } from '@tiny-face/tfrecord-stream'
import { note, runPipeline } from './run.js'
import type { Row } from './table.js'
import { IMAGES_PER_PERSON, stampOf, type TestData } from './test-data.js'

/** Further off, in standard deviations, a uniform permutation is once in 16,000 times. */
const MOST_DEVIATIONS = 4
const SHARDS = 8

export function* shuffleRows({ folder, rec, bytes, records }: TestData): Generator<Row> {
  const shards = join(folder, 'shuffled')
  const memories = [undefined, Math.max(LEAST_MEMORY, Math.floor(bytes / 8))]
  for (const memory of memories) {
    const how = memory === undefined ? 'in 1 GiB' : `in ${Math.round(memory / 2 ** 20)} MiB`
    note(`shuffling ${how}`)
    const limit = memory === undefined ? '' : `--memory ${memory}`
    runPipeline(`recordio-dump ${rec} | tfrecord-write --out ${shards} --shards ${SHARDS} --shuffle 1 ${limit}`)
    const { distance, neighbours } = measure(shards, records)
    yield uniformRow(`shuffle ${how}: mean distance of ranks`, distance, expectedDistance(records))
    yield uniformRow(`shuffle ${how}: neighbours of one person`, neighbours, expectedNeighbours(records))
    rmSync(shards, { recursive: true })
  }
}

interface Expected {
  mean: number
  deviation: number
}

function uniformRow(measure: string, found: number, { mean, deviation }: Expected): Row {
  const deviations = (found - mean) / deviation
  return {
    measure,
    figure: `${found.toPrecision(5)} (uniform: ${mean.toPrecision(5)}, ${deviations.toFixed(1)} deviations off)`,
    ratio: found / mean,
    goal: `within ${MOST_DEVIATIONS} deviations`,
    met: Math.abs(deviations) <= MOST_DEVIATIONS,
  }
}

/** Both as shares: of n, and of the n - 1 neighbourhoods. */
function measure(folder: string, n: number): { distance: number; neighbours: number } {
  let [distance, neighbours, rank] = [0, 0, 0]
  let before: unknown
  for (const { image, label } of readShards([folder])) {
    distance += Math.abs(stampOf(image!) - rank++)
    if (label === before) neighbours++
    before = label
  }
  if (rank !== n) throw new Error(`${n} records were shuffled, ${rank} are there`)
  return { distance: distance / n / n, neighbours: neighbours / (n - 1) }
}

/** Diaconis and Graham 1977, Spearman's footrule: sum |i - p(i)| has mean (n² - 1) / 3 and variance (n + 1)(2n² + 7) / 45. */
function expectedDistance(n: number): Expected {
  return { mean: (n * n - 1) / 3 / n / n, deviation: Math.sqrt(((n + 1) * (2 * n * n + 7)) / 45) / n / n }
}

/** Neighbourhoods are nearly independent: their number is nearly Poisson's. */
function expectedNeighbours(n: number): Expected {
  const mean = (IMAGES_PER_PERSON - 1) / (n - 1)
  return { mean, deviation: Math.sqrt((mean * (1 - mean)) / (n - 1)) }
}
