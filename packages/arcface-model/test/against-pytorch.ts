/**
 * One step of an engine against the same step in PyTorch, from files that tools/peers/make-step-fixtures made (no PyTorch is needed here).
 *
 * What holds for every variable: its change is as close to the one in float64 as PyTorch's own float32 (for bf16: its bfloat16
 * autocast) comes, within a factor of 2, and what a sketch and another processor change.
 */
import { DataError } from '@tiny-face/safe-files'
import { compile, type EngineName, type Program } from '@tiny-face/tfjs-compiler'
import type { Test } from 'tap'
import type { NetworkName } from '../src/index.js'
import { readFixture, unpackFloats } from './pytorch/fixture.js'
import { judgeStep } from './pytorch/judge-step.js'
import { norm, SKETCH_DEVIATION, sketch } from './pytorch/sketch.js'
import { fingerprint, moveFromKinks, stepCase } from './pytorch/step-case.js'

export interface EngineUnderTest {
  readonly engine: EngineName
  readonly precision: 'f32' | 'bf16'
  readonly threads: number
}

/**
 * What is left open for processors that nobody tried, as a part of the error: libraries add up in another order on each. The same step of
 * foamliu's network is 0.61 of its limit on AVX2 and 0.85 on AVX-512 (tensorflow, one thread), 0.80 and 0.57 (onednn).
 */
const PROCESSOR_DEVIATION = 0.2

/** A fingerprint that differs by more, by its length, is of another state. */
const SAME = 1e-6

/** Why an engine's tests are skipped on this machine (CI counts them as failed); false where it is here. */
export async function whyNotHere(engine: EngineName, threads?: number): Promise<string | false> {
  const nothing: Program = { inputs: {}, state: new Map(), run: () => ({}) }
  try {
    await (await compile(nothing, { engine, threads })).close()
    return false
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    console.log(`# skipped: ${error.message}`)
    return error.message
  }
}

export async function compareWithPytorch(
  t: Test,
  network: NetworkName,
  engines: readonly EngineUnderTest[],
): Promise<void> {
  const { shape, fingerprint: expected, pytorch } = readFixture(network)
  const { step, state, batch } = stepCase(shape)
  const isSame = distance(fingerprint(state), expected) < SAME * norm(expected)
  if (!t.ok(isSame, 'the state is the one that PyTorch had, else run tools/peers/make-step-fixtures')) return
  moveFromKinks(state, pytorch.moves)
  for (const { engine, precision, threads } of engines) {
    await t.test(`${engine} ${precision}, threads: ${threads}`, async t => {
      const executable = await compile(step, { engine, precision, threads })
      try {
        await executable.setState(state)
        const { loss } = await executable.step(batch)
        const after = await executable.getState()
        const errors = Object.entries(pytorch.updates).map(([name, update]) => {
          const change = sketch(difference(after[name]!, state[name]!))
          return [name, distance(change, unpackFloats(update.sketch!)) / (update.norm || 1)] as const
        })
        const verdict = judgeStep(
          pytorch,
          precision,
          loss![0]!,
          new Map(errors),
          SKETCH_DEVIATION + PROCESSOR_DEVIATION,
        )
        t.ok(verdict.lossError <= verdict.lossLimit, `loss within ${verdict.lossError.toExponential(1)}`)
        t.same(verdict.worse, [], `${errors.length} variables as close to float64 as PyTorch is`)
        t.comment(verdict.summary)
      } finally {
        await executable.close()
      }
    })
  }
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return norm(difference(a, b))
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  const result = new Float64Array(a.length)
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!
  return result
}
