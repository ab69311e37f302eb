/** What a compiled training step is compared with: the same function run eagerly on tfjs's cpu backend, its convolutions in float64. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { compile, type EngineName, type TypedValues } from '@tiny-face/tfjs-compiler'
import type { Test } from 'tap'
import {
  initialState,
  marginObjective,
  momentum,
  type Network,
  type ObjectiveShape,
  type Step,
  trainingStep,
} from '../src/index.js'
import { registerPreciseConvolutions } from './precise-convolutions.js'

export type Values = Record<string, TypedValues>

/** What every test of a step trains with. */
export const SGD = momentum({ momentum: 0.9, weightDecay: 5e-4 })

/** A small generator of its own, so that no batch comes from the code under test: uniform in [0, 1). */
export function uniform(seed = 1): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** A random batch for an objective. */
export function randomBatch({ network, size = network.size, batchSize, classes }: ObjectiveShape): Values {
  const random = uniform()
  return {
    images: Float32Array.from({ length: batchSize * size * size * 3 }, () => 2 * random() - 1),
    labels: Int32Array.from({ length: batchSize }, () => Math.floor(random() * classes)),
  }
}

/** All outputs of a program, run as it is on the cpu backend. */
export async function runEagerly({ run, inputs }: Pick<Step, 'run' | 'inputs'>, values: Values): Promise<Values> {
  await tf.setBackend('cpu')
  registerPreciseConvolutions()
  const given = () =>
    Object.fromEntries(
      Object.entries(inputs).map(([name, { shape, dtype }]) => [name, tf.tensor(values[name]!, [...shape], dtype)]),
    )
  const outputs = tf.tidy(() => run(given()))
  const read = Object.fromEntries(
    Object.entries(outputs).map(([name, tensor]) => [name, tensor.dataSync().slice() as TypedValues]),
  )
  tf.dispose(outputs)
  return read
}

export interface Update {
  readonly name: string
  readonly cosine: number
  readonly norm: number
  readonly expected: number
}

/** A step's update of one variable beside the expected one: the cosine of the two, the ratio of their lengths. */
export function compareUpdate(name: string, before: TypedValues, found: TypedValues, expected: TypedValues): Update {
  let product = 0
  let mine = 0
  let theirs = 0
  for (let i = 0; i < before.length; i++) {
    const a = found[i]! - before[i]!
    const b = expected[i]! - before[i]!
    product += a * b
    mine += a * a
    theirs += b * b
  }
  return {
    name,
    cosine: product / Math.sqrt(mine * theirs),
    norm: Math.sqrt(mine / theirs),
    expected: Math.sqrt(theirs),
  }
}

/** An update this small is rounding: a shift right before another batch norm has a true gradient of 0. */
const ROUNDING = 1e-6

/** Found: 0.9999998 and more; with convolutions added up in float32 the eager side itself is off by 0.0001 and more. */
const LEAST_COSINE = 0.99999

export function checkUpdates(t: Test, updates: readonly Update[]): void {
  for (const { name, cosine, norm, expected } of updates) {
    if (expected < ROUNDING) continue
    const figures = `cosine ${cosine.toFixed(7)}, norm ${norm.toFixed(5)}, of ${expected.toExponential(1)}`
    t.ok(cosine > LEAST_COSINE && Math.abs(norm - 1) < 0.01, `${name}: ${figures}`)
  }
}

/** The engines that need nothing installed. The reference takes as long as the eager run: deep networks leave it out. */
const ENGINES: readonly EngineName[] = ['onnx', 'reference']

export interface StepCheck {
  /** Height and width of the images. */
  readonly size: number
  readonly engines?: readonly EngineName[]
  /** Of the first weights. */
  readonly seed?: number
}

/** One step on each engine: the loss to 1e-5, each tensor's update to a cosine of 0.99999 and its norm within 1%. */
export async function checkStep(
  t: Test,
  network: Network,
  { size, engines = ENGINES, seed = 7 }: StepCheck,
): Promise<void> {
  const head = { kind: 'arcface', margin: 0.5, scale: 16 } as const
  const shape = { network, size, batchSize: 8, classes: 11, head }
  const step = trainingStep(marginObjective(shape), SGD)
  const state = initialState(step, seed)
  const batch = { ...randomBatch(shape), learningRate: Float32Array.of(0.01) }
  const inputs = { ...batch, ...('random' in step.inputs ? { random: Int32Array.of(123_456_789) } : {}) }
  const expected = await runEagerly(step, { ...state, ...inputs })
  for (const engine of engines) {
    const compiled = await compile(step, { engine, threads: 2 })
    await compiled.setState(state)
    const { loss } = await compiled.step(inputs)
    const after = await compiled.getState()
    await compiled.close()
    const lossError = Math.abs(loss![0]! / expected.loss![0]! - 1)
    t.ok(lossError < 1e-5, `${engine}: loss within ${lossError.toExponential(1)}`)
    const updates = step.variables.map(({ name }) =>
      compareUpdate(`${engine} ${name}`, state[name]!, after[name]!, expected[`next/${name}`]!),
    )
    checkUpdates(t, updates)
  }
}
