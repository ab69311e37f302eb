import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import {
  checkpointSteps,
  chosenStep,
  readCheckpoint,
  removeCheckpoints,
  restateCheckpoint,
  runPaths,
  sweepCheckpoints,
  writeCheckpoint,
} from '../src/index.js'

const tensors = (value: number) => new Map([['stem/filter', { shape: [2], values: Float32Array.of(value, 1) }]])
const at = (step: number) => ({ step, epoch: 1, position: 8, seed: 3 })

/** A run with checkpoints after steps 2 and 4. */
function runOf(folder: string): string {
  for (const step of [2, 4]) writeCheckpoint(folder, tensors(step), at(step))
  return folder
}

t.test('what is written is read, with where the run stands', async t => {
  const run = runOf(t.testdir())
  t.strictSame(readCheckpoint(run, 2), { state: at(2), tensors: tensors(2) })
  t.strictSame(checkpointSteps(run), [2, 4])
})

t.test('the chosen step is the best of those verified, else the last', async t => {
  const run = runOf(t.testdir())
  t.equal(chosenStep(run), 4)
  writeCheckpoint(run, tensors(6), { ...at(6), best: { step: 2, accuracy: 0.9 }, sinceBest: 2 })
  t.equal(chosenStep(run), 2)
  restateCheckpoint(run, at(6))
  t.equal(chosenStep(run), 6)
  t.strictSame(readCheckpoint(run, 6), { state: at(6), tensors: tensors(6) })
  writeCheckpoint(run, tensors(6), { ...at(6), best: { step: 3, accuracy: 0.9 } })
  t.equal(chosenStep(run), 6, 'a best one whose checkpoint is gone is none')
  t.throws(() => chosenStep(join(run, 'nothing')), { message: /expected a run with checkpoints, found none/ })
})

t.test('a number that is not finite is not saved', async t => {
  const run = runOf(t.testdir())
  const before = readdirSync(runPaths(run).checkpoints)
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY])
    t.throws(() => writeCheckpoint(run, tensors(value), at(6)), {
      message: `${run}: the checkpoint of step 6 is not written, expected finite numbers in stem/filter, found ${value} at 0`,
    })
  t.strictSame(readdirSync(runPaths(run).checkpoints), before)
})

t.test('damage is named', async t => {
  const run = runOf(t.testdir())
  const { weights, state } = runPaths(run).checkpoint(4)
  const whole = readFileSync(weights)
  writeFileSync(weights, whole.subarray(0, -1))
  t.throws(() => readCheckpoint(run, 4), {
    message: /step-00000004\.safetensors: expected SHA-256 \w{64}, found \w{64}$/,
  })
  writeFileSync(weights, whole)
  t.strictSame(readCheckpoint(run, 4).state, at(4))
  for (const [text, message] of [
    ['{"step":4', /step-00000004\.json: expected JSON/],
    ['{"step":5,"epoch":1,"position":8,"seed":3}', /expected step 4, found 5/],
    ['{}', /step-00000004\.json: step, expected a value, found none$/],
    ['{"step":4,"epoch":-1}', /epoch, expected a whole number of at least 0, found -1$/],
  ] as const) {
    writeFileSync(state, text)
    t.throws(() => readCheckpoint(run, 4), { message }, text)
  }
  t.throws(() => readCheckpoint(run, 3), { message: /expected a checkpoint of step 3, found those of steps 2, 4/ })
})

t.test('removed, both files are gone', async t => {
  const run = runOf(t.testdir())
  removeCheckpoints(run, [2])
  const left = ['step-00000004.json', 'step-00000004.safetensors']
  t.strictSame(readdirSync(runPaths(run).checkpoints), left)
  // As a kill leaves them: half removed, half written.
  for (const name of ['step-00000002.safetensors', 'step-00000006.safetensors.77.partial'])
    writeFileSync(join(runPaths(run).checkpoints, name), '')
  sweepCheckpoints(run)
  t.strictSame(readdirSync(runPaths(run).checkpoints), left)
})
