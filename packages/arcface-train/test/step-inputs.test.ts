import { arcfaceObjective, momentum, NETWORKS, trainingStep } from '@tiny-face/arcface-model'
import t from 'tap'
import { stepRandom } from '../src/index.js'
import { stepInputs } from '../src/step-inputs.js'

const batch = { step: 7, epoch: 1, images: new Float32Array(2 * 32 * 32 * 3), labels: Int32Array.of(0, 1) }
const head = { kind: 'arcface', margin: 0.5, scale: 64 } as const

const stepOf = (network: keyof typeof NETWORKS) =>
  trainingStep(
    arcfaceObjective({ network: NETWORKS[network], size: 32, batchSize: 2, classes: 2, head }),
    momentum({ momentum: 0.9, weightDecay: 0 }),
  )

t.test('each step of a network that drops out gets its own random number, others none', async t => {
  for (const [network, random] of [
    ['ir18', Int32Array.of(stepRandom(5, 7))],
    ['mobilefacenet', undefined],
  ] as const) {
    const step = stepOf(network)
    const inputs = stepInputs(step, batch, { learningRate: 0.5, seed: 5 })
    t.strictSame(inputs.random, random)
    t.strictSame(inputs.learningRate, Float32Array.of(0.5))
    t.equal(inputs.images, batch.images)
    t.equal(inputs.labels, batch.labels)
    const fed = Object.keys(step.inputs).filter(name => !step.state.has(name))
    t.strictSame(Object.keys(inputs).sort(), fed.sort(), 'all that the program asks for, and no more')
  }
})
