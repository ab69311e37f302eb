/**
 * One step of an engine against the same step in PyTorch, from files that tools/peers/make-step-fixtures made (no PyTorch is needed here).
 *
 * What holds for every variable: its change is as close to the one in float64 as PyTorch's own float32 (for bf16: its bfloat16
 * autocast) comes, within a factor of 2.
 */
import { compile, type EngineName } from '@tiny-face/tfjs-compiler'
import type { Test } from 'tap'
import type { NetworkName } from '../src/index.js'
import { readFixture, unpackFloats } from './pytorch/fixture.js'
import { judgeStep } from './pytorch/judge-step.js'
import { norm, sketch } from './pytorch/sketch.js'
import { fingerprint, moveFromKinks, stepCase } from './pytorch/step-case.js'

export interface EngineUnderTest {
  readonly engine: EngineName
  readonly precision: 'f32' | 'bf16'
  readonly threads: number
}

/** A fingerprint that differs by more, by its length, is of another state. */
const SAME = 1e-6

export async function compareWithPytorch(
  t: Test,
  network: NetworkName,
  { engine, precision, threads }: EngineUnderTest,
): Promise<void> {
  const fixture = readFixture(network)
  const { step, state, batch } = stepCase(fixture.shape)
  const found = fingerprint(state)
  const expected = Float64Array.from(fixture.fingerprint)
  const isSame = norm(expected.map((value, i) => found[i]! - value)) < SAME * norm(expected)
  if (!t.ok(isSame, 'the state is the one that PyTorch had, else run tools/peers/make-step-fixtures')) return
  moveFromKinks(state, fixture.pytorch.moves)

  const executable = await compile(step, { engine, precision, threads })
  try {
    await executable.setState(state)
    const { loss } = await executable.step(batch)
    const after = await executable.getState()
    const errors = Object.entries(fixture.pytorch.updates).map(([name, { norm: expectedNorm, sketch: expected }]) => {
      const change = Float64Array.from(state[name]!, (before, i) => after[name]![i]! - before)
      const error = sketch(change)
      for (const [i, value] of unpackFloats(expected!).entries()) error[i]! -= value
      return [name, norm(error) / (expectedNorm || 1)] as const
    })
    const verdict = judgeStep(fixture.pytorch, precision, loss![0]!, new Map(errors))
    t.ok(verdict.lossError <= verdict.lossLimit, `loss within ${verdict.lossError.toExponential(1)}`)
    t.same(verdict.worse, [], `${errors.length} variables as close to float64 as PyTorch is`)
    t.comment(verdict.summary)
  } finally {
    await executable.close()
  }
}
