/** A step that ranks share, each with a part of the batch, against the same step of one process on plain tfjs. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { mpirun, WITH_MPI } from '../../../mpi-session/test/mpirun.js'
import { compile, type EngineName, UnsupportedKernel } from '../../src/index.js'
import { onednnLibrary } from './onednn/onednn-library.js'
import { first, program, STEPS, x } from './ranks-program.js'
import { skip as noTensorflow } from './tensorflow/tensorflow.js'

const PROGRAM = fileURLToPath(new URL('ranks-program.ts', import.meta.url))

const alone = await compile(program(undefined), { engine: 'reference' })
await alone.setState(first)
const expected: number[][] = []
for (let step = 0; step < STEPS; step++) {
  const { loss, mean, variance } = await alone.step({ x })
  expected.push([loss![0]!, ...mean!, ...variance!])
}
const { w, scale, offset } = await alone.getState()
const weights = [...w!, ...scale!, ...offset!]

const missing: Partial<Record<EngineName, string | boolean>> = {
  onednn: onednnLibrary === undefined,
  tensorflow: noTensorflow,
}

for (const engine of ['reference', 'onednn', 'tensorflow'] as const) {
  for (const ranks of engine === 'reference' ? [1, 2, 4] : [2, 4]) {
    t.test(`${engine}, ${ranks} ranks`, { skip: missing[engine] || WITH_MPI.skip }, async t => {
      const folder = t.testdir({})
      const { status, stderr } = mpirun(ranks, ['node', '--import=tsx', PROGRAM, engine, folder])
      t.equal(status, 0, stderr)
      const results = Array.from({ length: ranks }, (_, rank) =>
        JSON.parse(readFileSync(join(folder, `${rank}.json`), 'utf8')),
      )
      for (const result of results) t.same(result, results[0], 'the same on all ranks to the bit')
      for (const [step, values] of expected.entries())
        t.ok(largestDifference(results[0].losses[step], values) < 1e-5, `loss, mean and variance of step ${step}`)
      t.ok(largestDifference(results[0].state, weights) < 1e-5, 'the weights')
    })
  }
}

t.test('a model in ONNX cannot wait for others, and that is said', async t => {
  await t.rejects(compile(program({ rank: 0, ranks: 2 }), { engine: 'onnx' }), UnsupportedKernel)
})

function largestDifference(found: readonly number[], expected: readonly number[]): number {
  const scale = Math.max(1, ...expected.map(Math.abs))
  return Math.max(...expected.map((value, i) => Math.abs(found[i]! - value) / scale))
}
