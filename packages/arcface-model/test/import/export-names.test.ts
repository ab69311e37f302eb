import { join } from 'node:path'
import { openWeights } from '@tiny-face/weight-files'
import t from 'tap'
import { exportRun } from '../../src/commands/export-run.js'
import { importRun } from '../../src/commands/import-run.js'
import { readWeights } from '../../src/index.js'
import { trainedRun } from '../trained-run.js'

t.test("under arcface_torch's names a network takes arcface_torch's input, and comes in again", async t => {
  const folder = t.testdir({ run: {} })
  const run = trainedRun(join(folder, 'run'), 'mobilefacenet', 32)
  const [out, back] = [join(folder, 'backbone.safetensors'), join(folder, 'back')] as const
  await exportRun(run, { out, precision: 'f32', names: 'arcface_torch' })
  await importRun(out, { out: back })
  const [ours, found] = [readWeights(run).weights, readWeights(back).weights]
  const file = await openWeights(out)
  t.teardown(() => file.close())
  // w (x - 127.5) / 128 is w 127.5 / 128 times (x - 127.5) / 127.5; the first filter's numbers lie a row, a column and 3 x 64 apart here.
  const theirs = file.read('layers.0.layers.0.weight')
  for (const pixel of [0, 4, 8]) {
    const [value, wanted] = [theirs[5 * 27 + 2 * 9 + pixel]!, ours['stem/filter']![(pixel * 3 + 2) * 64 + 5]!]
    t.ok(Math.abs(value - (wanted * 127.5) / 128) < 1e-7)
  }
  for (const [name, values] of Object.entries(ours))
    if (values.some((value, i) => Math.abs(found[name]![i]! - value) > 1e-6 * Math.abs(value) + 1e-12)) t.fail(name)
})
