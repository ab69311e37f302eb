// What a run of arcface-train takes beside its steps: decoding and augmenting images, logging.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodeJpeg } from '@tiny-face/image-stream'
import type { DataMap } from '@tiny-face/record-stream'
import { writeShards } from '@tiny-face/tfrecord-stream'
import { loop, ours } from './contestants.js'
import { median } from './pairs.js'
import type { Row } from './table.js'
import { stepsOf, type TrainOptions } from './train-rows.js'
import { type Contestant, NotHere, type Turns, takeTurns } from './turns.js'

const PEOPLE = 40
const VIEWS = 16
/** Of both programs, each with all the rounds: the same step is up to 4% faster or slower in another process. */
const STARTS = 3
/** Of the bare step's images/s. */
const LOOP_GOAL = 0.95
const ENGINES = [
  ['onednn', 'bf16'],
  ['onednn', 'f32'],
  ['onnx', 'f32'],
  ['tensorflow', 'f32'],
] as const

export async function* loopRows(options: TrainOptions): AsyncGenerator<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'tiny-face-bench-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  const shards = join(folder, 'shards')
  writeShards(await faces(), { folder: shards })
  for (const { task, goals: _, ...given } of stepsOf(options)) {
    for (const [engine, precision] of ENGINES) {
      const measure = `${task}: the whole loop by the bare step, ${engine} ${precision}`
      const step = { ...given, classes: PEOPLE }
      const found = await pairsOfTurns([loop(step, engine, precision, shards), ours(step, engine, precision)], options)
      if (found instanceof NotHere) {
        yield { measure, figure: found.message }
        continue
      }
      const rates = [0, 1].map(i => (given.batch / median(found.map(pair => pair[i]!))).toPrecision(3))
      const ratio = median(found.map(([whole, bare]) => bare / whole))
      yield {
        measure,
        figure: `${rates[0]} by ${rates[1]} images/s`,
        ratio,
        goal: `at least ${LOOP_GOAL}x`,
        met: ratio >= LOOP_GOAL,
      }
    }
  }
}

/** Seconds of a step by either program, of all rounds of all starts; or why one of them cannot run. */
async function pairsOfTurns(
  programs: readonly Contestant[],
  turns: Turns,
): Promise<(readonly [number, number])[] | NotHere> {
  const found: (readonly [number, number])[] = []
  for (let start = 0; start < STARTS; start++) {
    const [first, second] = await takeTurns(programs, turns)
    if (first instanceof NotHere) return first
    if (second instanceof NotHere) return second
    found.push(...first!.rounds.map((seconds, round) => [seconds, second!.rounds[round]!] as const))
  }
  return found
}

async function faces(): Promise<DataMap[]> {
  const records: DataMap[] = []
  for (let view = 0; view < VIEWS; view++) {
    for (let identity = 0; identity < PEOPLE; identity++) {
      const face = await drawFace({ identity, view, size: 112, seed: 1 })
      records.push({ label: identity, image: await encodeJpeg(face, 95) })
    }
  }
  return records
}
