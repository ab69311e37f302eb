// Peak memory of each stage, on the test data and on eight times as much, which lies on a disk.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { TEN_LINES } from './copy-rows.js'
import { note, runPipeline } from './run.js'
import type { Row } from './table.js'
import { freeBytes, megabytes, type TestData, writePairs, writeRec } from './test-data.js'

const TIMES = 8
/** Of the large data: itself, what is made of it, and what a shuffle has waiting. */
const ROOM = 3.5
const MOST = 150e6
/** What shuffling writers are given. */
const MEMORY = 256 * 2 ** 20
/** What a collector of garbage may leave lying more or less. */
const SAME = 1.15
const HOOK = fileURLToPath(new URL('peak-memory.cjs', import.meta.url))

/** The stages' peaks by their names, in bytes. */
type Peaks = Map<string, number>

export function* memoryRows({ folder, rec, bytes }: TestData): Generator<Row> {
  const small = measureStages(folder, rec, bytes)
  const { times, large } = measureLarge(bytes)
  for (const [stage, peak] of small) {
    const largePeak = large.get(stage)
    const most = stage.includes('--shuffle') ? MEMORY + MOST : MOST
    const isSame = largePeak === undefined || largePeak <= SAME * peak || stage.includes('--shuffle')
    yield {
      measure: `peak memory: ${stage}`,
      figure: `${megabytes(peak)}, on ${largePeak === undefined ? 'more not measured' : `${times}x the data ${megabytes(largePeak)}`}`,
      ratio: largePeak === undefined ? undefined : largePeak / peak,
      goal: `below ${megabytes(most)}${stage.includes('--shuffle') ? '' : ', on both the same'}`,
      met: peak < most && (largePeak ?? 0) < most && isSame,
    }
  }
}

function measureLarge(bytes: number): { times: number; large: Peaks } {
  const times = Math.min(TIMES, Math.floor(freeBytes(tmpdir()) / ROOM / bytes))
  if (times < TIMES) note(`${tmpdir()} has room for ${times} times the data, not for ${TIMES} times`)
  if (times < 2) return { times, large: new Map() }
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  const remove = () => rmSync(folder, { recursive: true, force: true })
  process.on('exit', remove)
  try {
    const rec = join(folder, 'train.rec')
    writeRec(rec, times * bytes)
    return { times, large: measureStages(folder, rec, times * bytes) }
  } finally {
    remove()
  }
}

function measureStages(folder: string, rec: string, bytes: number): Peaks {
  const peaks: Peaks = new Map()
  const [shards, copy, bin] = ['shards', 'copy.rec', 'pairs.bin'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ]
  /** @param names of the stages that are measured, where they are not their commands' own */
  const measure = (command: string, names: Record<string, string>) => {
    note(`memory: ${command}`)
    for (const [program, peak] of peaksOf(folder, command)) {
      const name = names[program]
      if (name !== undefined) peaks.set(name, peak)
    }
  }
  measure(`recordio-dump ${rec} | tfrecord-write --out ${shards}`, {
    'recordio-dump': 'recordio-dump',
    'tfrecord-write': 'tfrecord-write',
  })
  measure(`tfrecord-dump ${shards} > /dev/null`, { 'tfrecord-dump': 'tfrecord-dump' })
  rmSync(shards, { recursive: true })
  const shuffled = `tfrecord-write --shuffle 1 --memory ${MEMORY / 2 ** 20}MiB`
  measure(`recordio-dump ${rec} | ${shuffled} --out ${shards}`, { 'tfrecord-write': shuffled })
  rmSync(shards, { recursive: true })
  if (existsSync(TEN_LINES)) {
    measure(`node ${TEN_LINES} ${rec} ${shards}`, { 'rec-to-tfrecord': 'the ten-line program' })
    rmSync(shards, { recursive: true })
  }
  measure(`recordio-dump ${rec} | recordio-write ${copy}`, { 'recordio-write': 'recordio-write' })
  for (const name of readdirSync(folder)) if (name.startsWith('copy.')) rmSync(join(folder, name))
  writePairs(bin, bytes)
  measure(`bin-dump ${bin} > /dev/null`, { 'bin-dump': 'bin-dump' })
  rmSync(bin)
  return peaks
}

/** Runs a pipeline, and says the peak memory of each of its commands. */
export function peaksOf(folder: string, command: string): Peaks {
  const said = mkdtempSync(join(folder, 'peaks-'))
  const NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --require ${HOOK}`
  runPipeline(command, { NODE_OPTIONS, TINY_FACE_PEAKS: said })
  const peaks = new Map(readdirSync(said).map(name => [name, Number(readFileSync(join(said, name), 'utf8'))]))
  rmSync(said, { recursive: true })
  return peaks
}
