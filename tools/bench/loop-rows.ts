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
import { NotHere, takeTurns } from './turns.js'

const PEOPLE = 40
const VIEWS = 16
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
      const [whole, bare] = await takeTurns(
        [loop(step, engine, precision, shards), ours(step, engine, precision)],
        options,
      )
      if (whole instanceof NotHere || bare instanceof NotHere) {
        yield { measure, figure: (whole instanceof NotHere ? whole : (bare as NotHere)).message }
        continue
      }
      const rates = [whole!, bare!].map(({ rounds }) => (given.batch / median(rounds)).toPrecision(3))
      const ratio = median(whole!.rounds.map((seconds, round) => bare!.rounds[round]! / seconds))
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
