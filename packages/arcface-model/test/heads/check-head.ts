/** A head on each engine, against float64. */
import * as tf from '@tensorflow/tfjs-core'
import {
  compile,
  type EngineName,
  type Executable,
  type Program,
  type TypedValues,
  valueGradsAndAuxiliaries,
} from '@tiny-face/tfjs-compiler'
import type { Test } from 'tap'
import { declareVariables } from '../../src/declare-variables.js'
import {
  centresOfIdentity,
  evaluateHead,
  type HeadConfig,
  type HeadShare,
  moveStatistics,
  Scope,
} from '../../src/index.js'
import { whyNotHere } from '../against-pytorch.js'
import { uniform } from '../reference.js'
import { type HeadCase, headInFloat64, type Lengths } from './float64.js'

export const SIZE = 12
export const CLASSES = 7
const ENGINES: readonly EngineName[] = ['reference', 'onnx', 'onednn', 'tensorflow']
const NEEDS_NOTHING: readonly EngineName[] = ['reference', 'onnx']

/** One number throughout: TensorFlow takes it once in a process. */
const THREADS = 1

/** Relative, of the loss; and of a gradient by its length. */
export const TOLERANCE = 1e-5

/**
 * Angles between an image and its own centre: near to it, about where a margin of 0.5 passes π, nearly opposite, and as training begins
 * and goes on.
 */
export const ANGLES: readonly number[] = [
  0.2,
  0.5,
  0.9,
  1.3,
  Math.PI / 2 - 0.02,
  Math.PI / 2 + 0.02,
  1.9,
  2.3,
  Math.PI - 0.52,
  Math.PI - 0.48,
  2.95,
]

/** By image, what AdaFace bounds: a long one near its centre, one beyond 100, a short one nearly opposite. Others have 1 to 40. */
const LENGTHS: Partial<Record<number, number>> = { 0: 70, 4: 130, 10: 0.5 }

/** Loss, accuracy and gradients of batches that follow each other, and the running statistics after each. */
export async function checkHead(t: Test, head: HeadConfig, angles = ANGLES): Promise<void> {
  const batches = [1, 2, 3].map(seed => drawBatch(head, angles, seed))
  for (const engine of ENGINES) {
    const skip = NEEDS_NOTHING.includes(engine) ? false : await whyNotHere(engine, THREADS)
    await t.test(engine, { skip }, async t => {
      const { executable, lengths: first } = await load(head, engine)
      let before = first
      for (const [n, given] of batches.entries()) {
        const expected = headInFloat64(head, given, before)
        const { loss, accuracy, embeddings, centres } = await executable.step({
          embeddings: Float32Array.from(given.embeddings.flat()),
          centres: Float32Array.from(given.centres.flat()),
          labels: Int32Array.from(given.labels),
        })
        const near = (what: string, off: number) => t.ok(off < TOLERANCE, `batch ${n + 1}: ${what} is ${off} off`)
        near('the loss', relative(loss!, [expected.loss]))
        near('the gradient by embeddings', relative(embeddings!, expected.gradients.embeddings))
        near('the gradient by centres', relative(centres!, expected.gradients.centres))
        t.ok(Math.abs(accuracy![0]! - expected.accuracy) < 1e-6, `batch ${n + 1}: accuracy ${accuracy![0]}`)
        const state = await executable.getState()
        if (head.kind === 'adaface') {
          near('the mean length', relative(state['head/length-mean']!, [expected.lengths.mean]))
          near('the deviation of lengths', relative(state['head/length-deviation']!, [expected.lengths.deviation]))
        } else t.strictSame(state, {})
        before = expected.lengths
      }
      await executable.close()
    })
  }
}

/** Images exactly upon their centre and opposite to it: the gradient is finite, and the loss that of a neighbour. */
export async function checkEnds(t: Test, head: HeadConfig): Promise<void> {
  const { executable } = await load(head, 'reference')
  const centres = Array.from({ length: CLASSES * centresOfIdentity(head) }, (_, i) => axis(i))
  const lossOf = async (image: readonly number[]) => {
    const step = await executable.step({
      embeddings: Float32Array.from(ANGLES.flatMap(() => image)),
      centres: Float32Array.from(centres.flat()),
      labels: new Int32Array(ANGLES.length),
    })
    for (const gradient of [step.embeddings!, step.centres!]) t.ok(gradient.every(Number.isFinite))
    return step.loss![0]!
  }
  for (const sign of [1, -1]) {
    const image = axis(0).map(x => 30 * sign * x)
    const beside = image.with(SIZE - 1, 0.01)
    const [at, near] = [await lossOf(image), await lossOf(beside)]
    t.ok(Math.abs(at - near) < 0.05 * Math.max(1, near), `loss ${at}, beside it ${near}`)
  }
  await executable.close()
}

/** Rows of `SIZE` that are far from each other. */
const axis = (i: number): number[] =>
  Array.from({ length: SIZE }, (_, k) => (k === i % (SIZE - 1) ? (i < SIZE - 1 ? 1 : -1) : 0))

async function load(head: HeadConfig, engine: EngineName): Promise<{ executable: Executable; lengths: Lengths }> {
  const { program, statistics } = headProgram(head, ANGLES.length)
  const executable = await compile(program, { engine, threads: THREADS })
  const random = () => 0
  const first = Object.fromEntries(statistics.map(({ name, initialise }) => [name, initialise(1, random)]))
  await executable.setState(first)
  return { executable, lengths: { mean: 20, deviation: 100 } }
}

/** `embeddings`, `centres` and `labels` to loss, accuracy and the gradients under the names of the two; statistics are state. */
export function headProgram(head: HeadConfig, batchSize: number, share?: HeadShare & { readonly classes: number }) {
  const allImages = batchSize * (share?.ranks ?? 1)
  const classes = share?.classes ?? CLASSES
  const build = (net: Scope, embeddings: tf.Tensor, labels: tf.Tensor) =>
    evaluateHead(net, { embeddings: embeddings as tf.Tensor2D, labels: labels as tf.Tensor1D, classes, share }, head)
  const { variables } = declareVariables(net =>
    build(net, tf.fill([batchSize, SIZE], 0), tf.fill([allImages], 0, 'int32')),
  )
  const statistics = variables.filter(({ kind }) => kind === 'statistic')
  const centres = variables.find(({ kind }) => kind === 'parameter')!
  const program: Program = {
    run(inputs) {
      let measured: Scope['measured'] = new Map()
      const { value, grads, auxiliaries } = valueGradsAndAuxiliaries<string>(
        (embeddings, centres) => {
          const lookup = ({ name, kind }: { name: string; kind: string }) =>
            kind === 'parameter' ? centres! : inputs[name]!
          const net = new Scope({ training: true, lookup })
          const { loss, accuracy } = build(net, embeddings!, inputs.labels!)
          measured = net.measured
          return {
            loss,
            auxiliaries: { accuracy, ...Object.fromEntries([...measured].map(([name, { value }]) => [name, value])) },
          }
        },
        [inputs.embeddings!, inputs.centres!],
      )
      const moved = moveStatistics(
        inputs,
        new Map([...measured].map(([name, statistic]) => [name, { ...statistic, value: auxiliaries[name]! }])),
      )
      return {
        loss: value,
        accuracy: auxiliaries.accuracy!,
        embeddings: grads[0]!,
        centres: grads[1]!,
        ...Object.fromEntries(Object.entries(moved).map(([name, tensor]) => [`next/${name}`, tensor])),
      }
    },
    inputs: {
      embeddings: { shape: [batchSize, SIZE], dtype: 'float32' },
      centres: { shape: centres.shape, dtype: 'float32' },
      labels: { shape: [allImages], dtype: 'int32' },
      ...Object.fromEntries(statistics.map(({ name, shape }) => [name, { shape, dtype: 'float32' as const }])),
    },
    state: new Map(statistics.map(({ name }) => [name, `next/${name}`])),
  }
  return { program, statistics }
}

/** Images at the angles above from one of their own centres; float32 values. */
export function drawBatch(head: HeadConfig, angles: readonly number[], seed: number): HeadCase {
  const random = uniform(seed)
  const vector = () => Array.from({ length: SIZE }, () => 2 * random() - 1)
  const each = centresOfIdentity(head)
  const centres = Array.from({ length: CLASSES * each }, () => vector().map(Math.fround))
  const labels = angles.map(() => Math.floor(random() * CLASSES))
  const embeddings = angles.map((angle, i) => {
    const towards = unit(centres[labels[i]! * each + (i % each)]!)
    const other = vector()
    const across = unit(other.map((x, k) => x - dot(other, towards) * towards[k]!))
    const length = LENGTHS[i] ?? 1 + 39 * random()
    return towards.map((x, k) => Math.fround(length * (Math.cos(angle) * x + Math.sin(angle) * across[k]!)))
  })
  return { embeddings, centres, labels }
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const unit = (x: readonly number[]) => x.map(value => value / Math.hypot(...x))

/** |found - expected| / |expected| */
export function relative(found: TypedValues, expected: ArrayLike<number>): number {
  let [off, length] = [0, 0]
  for (let i = 0; i < expected.length; i++) {
    off += (found[i]! - expected[i]!) ** 2
    length += expected[i]! ** 2
  }
  return Math.sqrt(off / length)
}
