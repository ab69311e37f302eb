/** What a run says where no bar is drawn: of a test's process stderr is no terminal. */
import { spawnSync } from 'node:child_process'
import t from 'tap'

const PROGRAM = `
  import { speakAs } from '@tiny-face/command-shell'
  import { trainingBar } from '${new URL('../../src/commands/training-bar.ts', import.meta.url)}'
  speakAs('arcface-train', { quiet: process.argv[1] === 'quiet' })
  let clock = 0
  const bar = trainingBar({ images: 1000, batchSize: 10, steps: 200 }, 100, () => clock)
  for (let step = 101; step <= 140; step++) {
    clock += 5
    const metrics = { step, epoch: 1, loss: 12.3456, accuracy: 0.25, learningRate: 0.05, gradientNorm: 1 }
    bar.onStep(step === 124 ? { step, epoch: 1, skipped: 'NaN' } : metrics, { step, seconds: 5, waited: 0.5 })
  }
`
const said = (...args: string[]) =>
  spawnSync(process.execPath, ['--import=tsx', '--input-type=module', '-e', PROGRAM, ...args], {
    cwd: new URL('../..', import.meta.url),
    encoding: 'utf8',
  }).stderr

t.test('a line a minute, with rate and time left', async t => {
  t.equal(
    said(),
    `arcface-train: step 112 of 200: loss 12.346  accuracy 0.250  lr 0.0500  2.0 images/s  waiting 10%  7 min 20 s left
arcface-train: step 124 of 200: skipped  2.0 images/s  waiting 10%  6 min 20 s left
arcface-train: step 136 of 200: loss 12.346  accuracy 0.250  lr 0.0500  2.0 images/s  waiting 10%  5 min 20 s left
`,
  )
  t.equal(said('quiet'), '')
})
