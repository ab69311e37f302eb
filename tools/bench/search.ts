// Exact search among many: ours against numpy's matrix product, seconds and memory.
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeAll } from '@tiny-face/safe-files'
import { xoroshiro } from '@tiny-face/seeded-random'
import { median } from './pairs.js'
import { note, peerPython } from './run.js'
import { formatTable, type Row } from './table.js'
import { megabytes } from './test-data.js'
import { NotHere, takeTurns } from './turns.js'

const SIZE = 512
/** Faces that are searched for at a time, by the names of the families. */
export const SEARCH_FAMILIES = { '1': 1, '16': 16, '256': 256, '1024': 1024 }
const PEER = 'tools/peers/search-numpy.py'

/** @param faces of the gallery */
export async function benchSearch(families: (keyof typeof SEARCH_FAMILIES)[], rounds: number, faces: number) {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  const file = join(folder, 'templates')
  note(`${faces} templates of ${SIZE} numbers`)
  writeTemplates(file, faces + Math.max(...families.map(name => SEARCH_FAMILIES[name])))
  const rows: Row[] = []
  for (const name of families) rows.push(...(await searchRows(file, faces, SEARCH_FAMILIES[name], rounds)))
  remove()
  console.log(`${cpus().length} cores, Node ${process.versions.node}; medians of ${rounds} rounds.\n`)
  console.log(formatTable(rows))
}

async function searchRows(file: string, faces: number, queries: number, rounds: number): Promise<Row[]> {
  const args = [file, faces, SIZE, queries].map(String)
  const python = peerPython('numpy')
  const numpy = python === undefined ? { missing: 'tools/peers/run numpy' } : [python, PEER, ...args]
  const ours = ['node', '--import=tsx', 'tools/bench/search-worker.ts', ...args]
  const programs = [
    { name: 'numpy', command: numpy },
    { name: 'ours', command: ours },
  ]
  const measure = `${queries} of ${faces} x ${SIZE}: numpy's float32 product, by ours`
  const [theirs, own] = await takeTurns(programs, { rounds, seconds: 2 })
  if (theirs === undefined || own === undefined || theirs instanceof NotHere || own instanceof NotHere)
    return [{ measure, figure: 'not installed: tools/peers/run numpy' }]
  const [a, b] = [median(theirs.rounds), median(own.rounds)]
  const ratio = median(theirs.rounds.map((seconds, i) => seconds / own.rounds[i]!))
  const memory = theirs.peak! / own.peak!
  return [
    { measure, figure: `${a.toFixed(3)} s by ${b.toFixed(3)} s`, ratio, goal: 'at least 1x', met: ratio >= 1 },
    {
      measure: `${queries} of ${faces} x ${SIZE}: peak memory, numpy by ours`,
      figure: `${megabytes(theirs.peak!)} by ${megabytes(own.peak!)}`,
      ratio: memory,
      goal: 'at least 2x',
      met: memory >= 2,
    },
  ]
}

/** Random directions of length 1. */
function writeTemplates(file: string, count: number): void {
  const random = xoroshiro(1)
  const fd = openSync(file, 'w')
  const rows = 1024
  for (let written = 0; written < count; written += rows) {
    const values = new Float32Array(Math.min(rows, count - written) * SIZE)
    for (let at = 0; at < values.length; at += SIZE) {
      const row = values.subarray(at, at + SIZE)
      for (let i = 0; i < SIZE; i++) row[i] = random.uniform() + random.uniform() + random.uniform() - 1.5
      const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0))
      for (let i = 0; i < SIZE; i++) row[i]! /= length
    }
    writeAll(fd, new Uint8Array(values.buffer))
  }
  closeSync(fd)
}
