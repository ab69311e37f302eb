import { initialState } from '@tiny-face/arcface-model'
import t from 'tap'
import { compileStepper, type StepBatch } from '../../src/loop/stepper.js'
import { aConfig } from '../a-config.js'

const SET = { count: 8, classes: 3, source: 'drawn' }
const SIZE = 112

/** Noise; in image `broken`, one value that is no number. */
function batchOf({ broken = -1, learningRate = 0.01 } = {}): StepBatch {
  const images = Float32Array.from({ length: 4 * SIZE * SIZE * 3 }, (_, i) => ((i * 2654435761) % 255) / 127.5 - 1)
  if (broken >= 0) images[broken * SIZE * SIZE * 3 + 5] = Number.NaN
  return { images, labels: Int32Array.of(0, 1, 2, 0), learningRate, random: 1, rows: {} }
}

for (const accumulate of [1, 2]) {
  t.test(`of a batch that is not finite nothing stays, in ${accumulate} parts`, async t => {
    const config = aConfig({ batchSize: 4, accumulate, scale: 16 }, SET)
    const stepper = await compileStepper(config, 1)
    await stepper.setState(initialState(stepper, 1))
    const first = await stepper.step(batchOf())
    t.ok(Number.isFinite(first.loss) && first.nonfinite === undefined)
    const before = await stepper.getState()
    // Of the two parts, only the second sees it: the first has measured its statistics by then.
    const { loss, nonfinite } = await stepper.step(batchOf({ broken: 3 }))
    t.ok(Number.isNaN(loss))
    t.type(nonfinite, 'string', 'names a parameter')
    const after = await stepper.getState()
    const moved = Object.keys(before).filter(
      name => !Buffer.from(before[name]!.buffer).equals(Buffer.from(after[name]!.buffer)),
    )
    t.strictSame(moved, [])
    t.ok(Number.isFinite((await stepper.step(batchOf())).loss), 'it goes on')
    t.not((await stepper.getState())['stem/mean']![0], before['stem/mean']![0], 'and its statistics move again')
    await stepper.close()
  })
}

t.test('nor where the loss is a number and only the gradients are too long for one', async t => {
  for (const accumulate of [1, 2]) {
    const stepper = await compileStepper(aConfig({ batchSize: 4, accumulate, scale: 1e25 }, SET), 1)
    await stepper.setState(initialState(stepper, 1))
    const before = await stepper.getState()
    const { loss, gradientNorm } = await stepper.step(batchOf())
    t.ok(Number.isFinite(loss) && !Number.isFinite(gradientNorm), `loss ${loss}, norm ${gradientNorm}`)
    const after = await stepper.getState()
    const moved = Object.keys(before).filter(name => !before[name]!.every((value, i) => value === after[name]![i]))
    t.strictSame(moved, [], `in ${accumulate} parts`)
    await stepper.close()
  }
})
