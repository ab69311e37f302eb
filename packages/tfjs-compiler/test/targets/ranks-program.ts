/** A rank of ranks.test.ts: trains on its part of a batch with the others, and writes its losses and weights. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { currentJob } from '@tiny-face/mpi-session'
import {
  batchNormOverRanks,
  batchNormTraining,
  compile,
  type EngineName,
  gatherFromRanks,
  largestOfRanks,
  momentumUpdate,
  type Program,
  sumOverRanks,
  sumsOverRanks,
} from '../../src/index.js'

type Tensors = Record<string, tf.Tensor>

const f32 = (...shape: number[]) => ({ shape, dtype: 'float32' as const })

export const BATCH = 12
const PARAMETERS = { w: [1, 1, 16, 16], scale: [16], offset: [16] }

/**
 * Convolution, batch norm over all, and a loss in which all images meet: each is held against the largest of all. Alone it is the same
 * without any of what ranks do together.
 */
export function program(place: { rank: number; ranks: number } | undefined): Program {
  const ranks = place?.ranks ?? 1
  const velocities = Object.fromEntries(Object.entries(PARAMETERS).map(([name, shape]) => [`v/${name}`, shape]))
  return {
    run: inputs => {
      let measured: Tensors = {}
      const loss = (w: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => {
        const y = tf.conv2d(inputs.x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same')
        const given = [y, scale as tf.Tensor1D, offset as tf.Tensor1D, 1e-5] as const
        const normalised = place ? batchNormOverRanks(...given, place) : batchNormTraining(...given)
        measured = { mean: tf.keep(normalised.mean), variance: tf.keep(normalised.variance) }
        const own = tf.mean(tf.square(tf.sub(normalised.y, 0.5)), [1, 2]) // [batch, 16]
        const all = place ? gatherFromRanks(own, place) : own
        // Each rank takes some of the columns, as it would of identities.
        const columns = 16 / ranks
        const mine = tf.slice(all as tf.Tensor2D, [0, (place?.rank ?? 0) * columns], [BATCH, columns])
        const largest = tf.max(mine, 1, true)
        const shift = tf.customGrad(x => ({
          value: place ? largestOfRanks(x as tf.Tensor) : tf.clone(x as tf.Tensor),
          gradFunc: (dy: tf.Tensor) => tf.zerosLike(dy),
        }))(largest)
        const sums = tf.sum(tf.exp(tf.sub(mine, shift)), 1)
        return tf.mean(tf.log(place ? sumOverRanks(sums) : sums)) as tf.Scalar
      }
      const names = Object.keys(PARAMETERS)
      const { value, grads } = tf.valueAndGrads(loss as never)(names.map(name => inputs[name]!))
      const gradients = place ? sumsOverRanks(grads) : grads
      const outputs: Tensors = { loss: value, ...measured }
      for (const [i, name] of names.entries()) {
        const options = { momentum: 0.9, weightDecay: 0.01 }
        const moved = momentumUpdate(inputs[name]!, inputs[`v/${name}`]!, gradients[i]!, tf.scalar(0.1), options)
        outputs[`next/${name}`] = moved.parameter
        outputs[`next/v/${name}`] = moved.velocity
      }
      return outputs
    },
    inputs: {
      x: f32(BATCH / ranks, 8, 8, 16),
      ...Object.fromEntries(
        Object.entries({ ...PARAMETERS, ...velocities }).map(([name, shape]) => [name, f32(...shape)]),
      ),
    },
    state: new Map(Object.keys({ ...PARAMETERS, ...velocities }).map(name => [name, `next/${name}`])),
  }
}

export const x = Float32Array.from({ length: BATCH * 8 * 8 * 16 }, (_, i) => Math.sin(i * i) + Math.floor(i / 1024) / 6)
export const first = {
  w: Float32Array.from({ length: 16 * 16 }, (_, i) => Math.cos(i) / 4),
  scale: new Float32Array(16).fill(1),
  offset: Float32Array.from({ length: 16 }, (_, i) => i / 16),
  'v/w': new Float32Array(16 * 16),
  'v/scale': new Float32Array(16),
  'v/offset': new Float32Array(16),
}
export const STEPS = 5

const [engine, folder] = process.argv.slice(2)
if (folder !== undefined) {
  const { rank, ranks } = currentJob()
  const executable = await compile(program({ rank, ranks }), {
    engine: engine as EngineName,
    precision: 'f32',
    threads: 1,
  })
  await executable.setState(first)
  const part = x.length / ranks
  const losses = []
  for (let step = 0; step < STEPS; step++) {
    const { loss, mean, variance } = await executable.step({ x: x.slice(rank * part, (rank + 1) * part) })
    losses.push([loss![0], ...mean!, ...variance!])
  }
  const { w, scale, offset } = await executable.getState()
  writeFileSync(join(folder, `${rank}.json`), JSON.stringify({ losses, state: [...w!, ...scale!, ...offset!] }))
  await executable.close()
  currentJob().close()
}
