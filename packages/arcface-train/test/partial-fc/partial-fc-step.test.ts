import * as tf from '@tensorflow/tfjs-core'
import {
  initialState,
  marginObjective,
  momentum,
  type Network,
  type Step,
  trainingStep,
} from '@tiny-face/arcface-model'
import { compile, type TypedValues } from '@tiny-face/tfjs-compiler'
import t from 'tap'
import { CentreStore, centreVariables } from '../../src/partial-fc/centre-store.js'
import { sampleCentres, sampledClasses } from '../../src/partial-fc/sample-centres.js'

const SGD = momentum({ momentum: 0.9, weightDecay: 5e-4 })
const PIXELS: Network = {
  size: 2,
  embeddingSize: 5,
  preprocess: 'arcface',
  embed: (net, images) => net.dense('embedding', tf.reshape(images, [-1, 12]) as tf.Tensor2D, 5),
}
const [classes, batchSize, seed] = [20, 4, 3]
const head = { kind: 'arcface', margin: 0.5, scale: 8 } as const

const stepOf = (classes: number): Step =>
  trainingStep(marginObjective({ network: PIXELS, batchSize, classes, head }), SGD)

function batchOf(step: number) {
  const wave = (i: number) => Math.sin(12.9898 * (i + 1) * (step + 1))
  return {
    images: Float32Array.from({ length: batchSize * 12 }, (_, i) => wave(i)),
    labels: Int32Array.from({ length: batchSize }, (_, i) => Math.floor(10 * (1 + wave(i + 100)))),
  }
}

/** Some steps; the centres are gathered before each and scattered after it. */
async function trainPartially(sampleRate: number, steps: number) {
  const executable = await compile(stepOf(sampledClasses({ classes, sampleRate, batchSize })), { engine: 'reference' })
  const store = CentreStore.initial(classes, centreVariables({ embeddingSize: 5, classes, head }, SGD), seed)
  const names = [...store.tensors.keys()]
  const first = initialState(stepOf(classes), seed)
  for (const name of names) delete first[name]
  let state: Record<string, TypedValues> = first
  const losses: number[] = []
  const rowsOf: Int32Array[] = []
  for (let step = 0; step < steps; step++) {
    const { images, labels: identities } = batchOf(step)
    const { rows, labels } = sampleCentres({ labels: identities, classes, sampleRate, seed, step })
    await executable.setState({ ...state, ...store.gather(rows) })
    const { loss } = await executable.step({ images, labels, learningRate: Float32Array.of(0.1) })
    state = await executable.getState()
    store.scatter(rows, state)
    losses.push(loss![0]!)
    rowsOf.push(rows)
  }
  await executable.close()
  return { losses, rowsOf, store, state }
}

t.test('at a rate of 1 a step is the dense step', async t => {
  const partial = await trainPartially(1, 3)
  const step = stepOf(classes)
  const dense = await compile(step, { engine: 'reference' })
  await dense.setState(initialState(step, seed))
  for (const n of [0, 1, 2]) {
    const { loss } = await dense.step({ ...batchOf(n), learningRate: Float32Array.of(0.1) })
    t.ok(Math.abs(loss![0]! - partial.losses[n]!) < 1e-6)
  }
  const expected = await dense.getState()
  await dense.close()
  const found = { ...partial.state }
  for (const [name, { values }] of partial.store.tensors) found[name] = values
  for (const [name, values] of Object.entries(expected)) {
    const off = Math.max(...Array.from(values, (value, i) => Math.abs(value - found[name]![i]!)))
    t.ok(off < 1e-6, `${name} is ${off} off`)
  }
})

t.test('a step moves the centres that take part, and no other', async t => {
  const { store, rowsOf, losses } = await trainPartially(0.4, 1)
  const before = CentreStore.initial(classes, centreVariables({ embeddingSize: 5, classes, head }, SGD), seed)
  for (const [name, { values }] of store.tensors) {
    const row = (all: Float32Array, identity: number) => all.subarray(5 * identity, 5 * identity + 5)
    const first = before.tensors.get(name)!.values
    const moved = [...Array(classes).keys()].filter(i => row(values, i).some((x, k) => x !== row(first, i)[k]))
    t.strictSame(moved, [...rowsOf[0]!], name)
  }
  t.ok(losses[0]! < (await trainPartially(1, 1)).losses[0]!, 'fewer terms in the softmax: a lower loss')
})
