import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkpointSteps, runPaths } from '@tiny-face/arcface-model'
import t from 'tap'
import { type SkippedStep, type StepMetrics, train } from '../../src/index.js'
import { drawnConfig, drawnSet } from './drawn-set.js'

const set = await drawnSet()
const linesOf = (run: string): (StepMetrics | SkippedStep)[] =>
  readFileSync(runPaths(run).metrics, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as StepMetrics)

t.test(
  'a run that diverges stops before the update, says where, and leaves a checkpoint of what was before',
  async t => {
    const run = join(t.testdir(), 'run')
    // The third step's rate throws the weights so far away that what comes of them is no number.
    const config = drawnConfig(set, {
      schedule: 'piecewise',
      lr: [1e-3, 1e37],
      lrSteps: [{ steps: 2 }],
      every: { steps: 2 },
    })
    const failed = train(run, set, config, { threads: 1 })
    await t.rejects(failed, {
      name: 'DataError',
      message:
        /run: step 4 with learning rate 1e\+37: the .* is (not finite|NaN).*nothing was changed by it.*The batch: face-\d+, .*face-\d+$/,
    })
    t.strictSame(checkpointSteps(run), [2, 3])
    t.equal(linesOf(run).length, 3)
    t.ok(readFileSync(runPaths(run).model).length > 0, 'and a model')
    t.strictSame(await train(run, set, { ...config, skipNonfinite: 3 }, { threads: 1, resume: true }), {
      step: 6,
      end: 'done',
    })
    t.match(linesOf(run)[3], { step: 4, skipped: /not finite|NaN/ }, 'it goes on as it says')
  },
)

t.test('so many batches may be skipped, and are said; the weights are finite all the same', async t => {
  const run = join(t.testdir(), 'run')
  const config = drawnConfig(set, { lr: [1e37], epochs: 2, skipNonfinite: 2 })
  await t.rejects(train(run, set, config, { threads: 1 }), {
    message: /step 4 .*--resume --skip-nonfinite 3 goes on/,
  })
  const lines = linesOf(run)
  t.match(lines[0], { step: 1, loss: Number })
  t.match(lines[1], { step: 2, epoch: 0, skipped: /not finite|NaN/ })
  t.match(lines[2], { step: 3, epoch: 1, skipped: /not finite|NaN/ })
})

t.test('weights that are not finite are never saved', async t => {
  const run = join(t.testdir(), 'run')
  // One step, whose gradient is finite; what it makes of the weights is not.
  const config = { ...drawnConfig(set, { lr: [3.4e38] }), epochs: 1, steps: 1 }
  await t.rejects(train(run, set, config, { threads: 1 }), {
    message: /the checkpoint of step 1 is not written, expected finite numbers in \S+, found -?Infinity|NaN/,
  })
  t.strictSame(checkpointSteps(run), [])
})
