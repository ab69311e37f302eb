// A run's event files and, for read-events.py, what is in them. See check-tensorboard.
//   node --import=tsx tools/peers/write-events.ts FOLDER
import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodePng } from '@tiny-face/image-stream'
import { EventWriter } from '../../packages/arcface-train/src/tensorboard/index.js'

const folder = process.argv[2]!
const KILLED_AFTER = 100
const GOES_ON_AT = 61
const LAST = 160

const expected = {
  scalars: {} as Record<string, [step: number, value: number][]>,
  histograms: {} as Record<string, [step: number, values: number[]][]>,
  images: [] as [step: number, width: number, height: number, png: string][],
}
let state = 12345
/** 0 … 1, not 1. */
const random = () => {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0
  return state / 2 ** 32
}

let writer = new EventWriter(folder)
await write(1, KILLED_AFTER)
// The kill came within a write.
appendFileSync(writer.file, Buffer.from([200, 0, 0, 0, 0, 0, 0, 0, 1, 2]))
forgetFrom(GOES_ON_AT)
writer = new EventWriter(folder, { from: GOES_ON_AT })
await write(GOES_ON_AT, LAST)
writer.close()
writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected))

async function write(from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step++) {
    const scalars = {
      'train/loss': 40 * random(),
      'train/learning_rate': 10 ** (-8 * random()),
      'accuracy/顔 <b>': random(),
      'train/gradient_norm': random() < 0.1 ? 3e38 * random() : 0,
    }
    writer.scalars(step, scalars)
    for (const [tag, value] of Object.entries(scalars)) {
      expected.scalars[tag] ??= []
      expected.scalars[tag].push([step, value])
    }
    if (step % 10 > 0) continue
    const values = Array.from({ length: step }, () => (random() - 0.5) * 10 ** Math.round(40 * random() - 25))
    writer.histogram(step, 'weights/stem', values)
    expected.histograms['weights/stem'] ??= []
    expected.histograms['weights/stem'].push([step, values])
    const [width, height] = [1 + Math.floor(20 * random()), 1 + Math.floor(20 * random())]
    const pixels = Uint8Array.from({ length: width * height * 3 }, () => 256 * random())
    const png = await encodePng({ width, height, pixels })
    writer.image(step, 'augmented', png)
    expected.images.push([step, width, height, Buffer.from(png).toString('base64')])
  }
}

function forgetFrom(step: number): void {
  const before = <T extends [number, ...unknown[]]>(values: T[]) => values.filter(([at]) => at < step)
  for (const [tag, values] of Object.entries(expected.scalars)) expected.scalars[tag] = before(values)
  for (const [tag, values] of Object.entries(expected.histograms)) expected.histograms[tag] = before(values)
  expected.images = before(expected.images)
}
