import type { Step } from '@tiny-face/arcface-model'
import type { TypedValues } from '@tiny-face/tfjs-compiler'
import type { Batch } from './batches.js'
import { stepRandom } from './data-order.js'

/** What a training step is given beside its state; `random` only where its network drops out. */
export function stepInputs(
  { inputs }: Pick<Step, 'inputs'>,
  { step, images, labels }: Pick<Batch, 'step' | 'images' | 'labels'>,
  { learningRate, seed }: { learningRate: number; seed: number },
): Record<string, TypedValues> {
  const given = { images, labels, learningRate: Float32Array.of(learningRate) }
  return 'random' in inputs ? { ...given, random: Int32Array.of(stepRandom(seed, step)) } : given
}
