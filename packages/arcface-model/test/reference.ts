/** What a compiled training step is compared with: the same function run eagerly on tfjs's cpu backend, its convolutions in float64. */
import '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import type { Test } from 'tap'
import { compileTrainingStep, initialState, type Network, type StepShape, trainingStep } from '../src/index.js'
import { registerPreciseConvolutions } from './precise-convolutions.js'

export interface Comparison {
  /** |compiled - eager| / |eager| */
  readonly lossError: number
  readonly updates: readonly { name: string; cosine: number; norm: number; expected: number }[]
}

/** One step both ways from the same state on the same random batch; each parameter's update compared. */
export async function compareStep(shape: StepShape): Promise<Comparison> {
  const step = trainingStep(shape)
  const state = initialState(step, 7)
  const size = shape.size ?? shape.network.size
  // A small generator of its own, so that the batch does not come from the code under test.
  let seed = 1
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return seed / 2 ** 32
  }
  const images = Float32Array.from({ length: shape.batchSize * size * size * 3 }, () => 2 * random() - 1)
  const labels = Int32Array.from({ length: shape.batchSize }, () => Math.floor(random() * shape.classes))
  const learningRate = Float32Array.of(0.01)

  await tf.setBackend('cpu')
  registerPreciseConvolutions()
  const given: Record<string, Float32Array | Int32Array> = { ...state, images, labels, learningRate }
  const eager = tf.tidy(() =>
    step.run(
      Object.fromEntries(
        Object.entries(step.inputs).map(([name, { shape, dtype }]) => [name, tf.tensor(given[name]!, shape, dtype)]),
      ),
    ),
  )
  const compiled = await compileTrainingStep(step, { threads: 2 })
  compiled.setState(state)
  const { loss } = await compiled.step({ images, labels, learningRate })
  const next = compiled.getState()
  await compiled.close()

  const expectedLoss = eager.loss!.dataSync()[0]!
  const updates = step.variables.map(({ name }) => {
    const before = state[name]!
    const expected = eager[`next/${name}`]!.dataSync()
    let product = 0
    let mine = 0
    let theirs = 0
    for (let i = 0; i < before.length; i++) {
      const a = next[name]![i]! - before[i]!
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
  })
  return { lossError: Math.abs(loss![0]! - expectedLoss) / Math.abs(expectedLoss), updates }
}

/** An update this small is rounding: a shift right before another batch norm has a true gradient of 0. */
const ROUNDING = 1e-6

/** Found: 0.9999998 and more; with convolutions added up in float32 the eager side itself is off by 0.0001 and more. */
const LEAST_COSINE = 0.99999

/** One step at batch 8: the loss to 1e-5, each tensor's update to a cosine of 0.99999 and its norm within 1%. */
export async function checkStep(t: Test, network: Network, size: number): Promise<void> {
  const margin = { margin: 0.5, scale: 16 }
  const { lossError, updates } = await compareStep({
    network,
    size,
    batchSize: 8,
    classes: 11,
    margin,
    momentum: 0.9,
    weightDecay: 5e-4,
  })
  t.ok(lossError < 1e-5, `loss within ${lossError.toExponential(1)}`)
  for (const { name, cosine, norm, expected } of updates) {
    if (expected < ROUNDING) continue
    const figures = `cosine ${cosine.toFixed(7)}, norm ${norm.toFixed(5)}, of ${expected.toExponential(1)}`
    t.ok(cosine > LEAST_COSINE && Math.abs(norm - 1) < 0.01, `${name}: ${figures}`)
  }
}
