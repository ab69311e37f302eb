// The data half: how fast, in how much memory, how well shuffled, held against `cat` and the programs that people use today.
import { cpus } from 'node:os'
import { copyRows } from './copy-rows.js'
import { dumpRows } from './dump-rows.js'
import { memoryRows } from './memory-rows.js'
import { note } from './run.js'
import { shuffleRows } from './shuffle-rows.js'
import { formatTable, type Row } from './table.js'
import { makeTestData, type TestData } from './test-data.js'

/** What can be asked for alone. */
export const DATA_FAMILIES = { copy: copyRows, dump: dumpRows, shuffle: shuffleRows, memory: memoryRows }

interface DataBench {
  /** Of the test data, in bytes; less where there is less room. */
  size: number
  /** How many pairs of runs each ratio is the median of. */
  rounds: number
  families: (keyof typeof DATA_FAMILIES)[]
}

export function benchData({ size, rounds, families }: DataBench): void {
  const data = makeTestData(size)
  try {
    const rows = families.flatMap(name => familyRows(name, data, rounds))
    const { records, bytes, folder } = data
    const megabytes = (bytes / 1e6).toFixed(0)
    console.log(
      `${records} records, ${megabytes} MB in ${folder}; ${cpus().length} cores, Node ${process.versions.node}; `,
    )
    console.log(`ratios are medians of ${rounds} pairs of runs, taken in turns.\n`)
    console.log(formatTable(rows))
  } finally {
    data.remove()
  }
}

/** A family that fails leaves the others their rows. */
function familyRows(name: keyof typeof DATA_FAMILIES, data: TestData, rounds: number): Row[] {
  try {
    return [...DATA_FAMILIES[name](data, rounds)]
  } catch (error) {
    note(`${name}: ${(error as Error).message}`)
    process.exitCode = 1
    return [{ measure: name, figure: 'failed' }]
  }
}
