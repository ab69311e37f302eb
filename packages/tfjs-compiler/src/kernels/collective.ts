/**
 * Kernels that all ranks of a job compute together: each has a part of the batch, or of the identities, and waits here for the others. All
 * ranks run the same program, so that they meet in the same order. In a process by itself a sum over ranks is what it is a sum of.
 */

import * as tf from '@tensorflow/tfjs-core'
import { currentJob, type Job, type WireType } from '@tiny-face/mpi-session'
import { sizeOf } from '../graph/graph.js'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { f32, type Kernels, whole } from './kernel.js'
import { batchNormTraining } from './normalisation.js'

export const collectiveKernels = {
  AllReduce: { inputs: 'list', outputs: (_, ...tensors) => tensors.map(({ shape }) => f32(shape)) },
  AllGather: {
    inputs: ['x'],
    outputs: ({ ranks }, x) => [f32([whole(ranks!) * x!.shape[0]!, ...x!.shape.slice(1)])],
  },
} satisfies Kernels

/** Where a program runs among others like it. */
export type Place = Pick<Job, 'rank' | 'ranks'>

/** Each tensor's sum over all ranks, in one exchange; no gradient flows through it. */
export function sumsOverRanks<T extends tf.Tensor>(tensors: readonly T[], wire: WireType = 'f32'): T[] {
  return runKernel('AllReduce', [...tensors], { op: 'sum', wire }) as T[]
}

/** The largest over all ranks, element by element; no gradient flows through it. */
export function largestOfRanks<T extends tf.Tensor>(x: T): T {
  return runKernel('AllReduce', [x], { op: 'max', wire: 'f32' })[0] as tf.Tensor as T
}

/**
 * The sum over all ranks of numbers that each computes for itself, and of which all go on to compute the same loss: each rank's number has the
 * gradient of the sum.
 */
export const sumOverRanks = tf.customGrad(x => ({
  value: sumsOverRanks([x as tf.Tensor])[0]!,
  gradFunc: (dy: tf.Tensor) => dy,
})) as unknown as <T extends tf.Tensor>(x: T) => T

/**
 * The rows of all ranks, one behind the other, of which each goes on to compute something of its own: a row's gradient is the sum over all
 * ranks.
 *
 * @param x `[rows, …]`, the same rows on each rank @returns `[ranks * rows, …]`
 */
export function gatherFromRanks<T extends tf.Tensor>(x: T, { rank, ranks }: Place): T {
  const gather = tf.customGrad(x => {
    const own = x as tf.Tensor
    return {
      value: runKernel('AllGather', { x: own }, { ranks })[0]!,
      gradFunc: dy => {
        const [total] = sumsOverRanks([dy])
        const begin = own.shape.map((_, axis) => (axis === 0 ? rank * own.shape[0]! : 0))
        return tf.slice(total!, begin, own.shape)
      },
    }
  })
  return gather(x) as T
}

/**
 * Batch norm over the batches of all ranks, which are equally large, as `batchNormTraining` computes it over one: Ioffe and Szegedy 2015,
 * algorithm 1. Mean and variance come of those of each rank (Chan et al. 1979, equation 2.1); of the gradient by x, what each rank computes
 * by its own sums is corrected by those of all:
 *
 *     dx = scale / deviation * (dy - (sum dy + normalised * sum (dy * normalised)) / count)
 */
export function batchNormOverRanks<T extends tf.Tensor4D | tf.Tensor2D>(
  x: T,
  scale: tf.Tensor1D,
  offset: tf.Tensor1D,
  epsilon: number,
  { ranks }: Place,
): { y: T; mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const statistics = statisticsOverRanks(x, ranks)
  const { mean, variance } = statistics
  const count = x.size / x.shape.at(-1)!
  const normalise = tf.customGrad((...given) => {
    const [x, scale, offset, mean, variance] = given as [T, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
    const save = given[5] as tf.GradSaveFunc
    save([x, scale, mean, variance])
    return {
      value: tf.batchNorm(x, mean, variance, offset, scale, epsilon) as tf.Tensor,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [x, scale, mean, variance] = saved as [T, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D]
        const [dx, dScale, dOffset] = runKernel('BatchNormGrad', { dy, x, scale, mean, variance }, { epsilon })
        const [allScale, allOffset] = sumsOverRanks([dScale!, dOffset!])
        const inverse = tf.rsqrt(tf.add(variance, epsilon))
        // Of the terms in sum dy and sum (dy * normalised): this rank's less that of all.
        const [excessScale, excessOffset] = [
          tf.sub(dScale!, tf.div(allScale!, ranks)),
          tf.sub(dOffset!, tf.div(allOffset!, ranks)),
        ]
        const slope = tf.div(tf.mul(tf.mul(scale, tf.square(inverse)), excessScale), count)
        const level = tf.div(tf.mul(tf.mul(scale, inverse), excessOffset), count)
        return [
          tf.add(dx!, tf.add(tf.mul(tf.sub(x, mean), slope), level)),
          dScale!,
          dOffset!,
          tf.zerosLike(mean),
          tf.zerosLike(variance),
        ]
      },
    }
  })
  return { y: normalise(x, scale, offset, mean, variance) as T, ...statistics }
}

function statisticsOverRanks(
  x: tf.Tensor4D | tf.Tensor2D,
  ranks: number,
): { mean: tf.Tensor1D; variance: tf.Tensor1D } {
  const channels = x.shape.at(-1)!
  const [one, none] = [tf.ones<tf.Rank.R1>([channels]), tf.zeros<tf.Rank.R1>([channels])]
  const own = batchNormTraining(x, one, none, 0)
  const all = runKernel('AllGather', { x: tf.stack([own.mean, own.variance]) }, { ranks })[0]!
  const [means, variances] = tf.unstack(tf.reshape(all, [ranks, 2, channels]), 1) as [tf.Tensor2D, tf.Tensor2D]
  const mean = tf.mean(means, 0) as tf.Tensor1D
  const between = tf.mean(tf.square(tf.sub(means, mean)), 0)
  return { mean, variance: tf.add(tf.mean(variances, 0), between) as tf.Tensor1D }
}

defineCompositeOp('AllReduce', (inputs, { op, wire }) => {
  const tensors = inputs as unknown as readonly tf.Tensor[]
  const values = new Float32Array(tensors.reduce((total, { size }) => total + size, 0))
  let place = 0
  const starts = tensors.map(tensor => {
    values.set(tensor.dataSync(), place)
    place += tensor.size
    return place - tensor.size
  })
  currentJob().allReduce(values, op as 'sum' | 'max', wire as WireType)
  return tensors.map(({ shape, size }, i) => tf.tensor(values.slice(starts[i], starts[i]! + size), shape))
})

defineCompositeOp('AllGather', ({ x }, { ranks }) => {
  const shape = [(ranks as number) * x!.shape[0]!, ...x!.shape.slice(1)]
  const all = new Float32Array(sizeOf(shape))
  currentJob().allGather(x!.dataSync() as Float32Array, all)
  return [tf.tensor(all, shape)]
})
