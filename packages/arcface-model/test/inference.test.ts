import { openSession } from '@tiny-face/onnx-session'
import t from 'tap'
import { exportNetwork, inferenceProgram, initialState, marginObjective, trainingStep } from '../src/index.js'
import { runEagerly, SGD, uniform } from './reference.js'
import { TINY, TINY_SHAPE } from './step/tiny-network.js'

const BATCH = 4
const PIXELS = TINY.size ** 2 * 3

/** As a training run leaves them: with the head's centres, velocities, and statistics that are not 0 and 1. */
function trainedWeights(): Record<string, Float32Array> {
  const weights = initialState(trainingStep(marginObjective(TINY_SHAPE), SGD), 9)
  const random = uniform(5)
  for (const [name, values] of Object.entries(weights))
    if (/\/(mean|variance|offset)$/.test(name)) weights[name] = values.map(value => value + random())
  return weights
}

const random = uniform(3)
const input = Float32Array.from({ length: BATCH * PIXELS }, () => 2 * random() - 1)

t.test('a network embeds by its running statistics, drops nothing, and exports as what it is', async t => {
  const weights = trainedWeights()
  const program = inferenceProgram(TINY, { batchSize: BATCH })
  t.notOk('random' in program.inputs)
  t.notOk(program.constants!.includes('embedding/scale') || program.constants!.includes('head/centres'))
  const { embedding } = await runEagerly(program, { ...weights, input })
  t.equal(embedding!.length, BATCH * TINY.embeddingSize)

  // One image alone gives what it gives in a batch: nothing is measured.
  const alone = await runEagerly(inferenceProgram(TINY, { batchSize: 1 }), {
    ...weights,
    input: input.subarray(0, PIXELS),
  })
  const off = Math.max(...Array.from(alone.embedding!, (value, i) => Math.abs(value - embedding![i]!)))
  t.ok(off < 1e-6, `${off} off alone`)

  const session = await openSession(exportNetwork(TINY, weights), { threads: 1 })
  const nchw = Float32Array.from({ length: input.length }, (_, i) => {
    const [image, rest] = [Math.floor(i / PIXELS), i % PIXELS]
    const [channel, pixel] = [Math.floor(rest / TINY.size ** 2), rest % TINY.size ** 2]
    return input[image * PIXELS + pixel * 3 + channel]!
  })
  const { embedding: exported } = await session.run({
    input: { dtype: 'float32', shape: [BATCH, 3, TINY.size, TINY.size], data: nchw },
  })
  await session.close()
  const difference = Math.max(...Array.from(embedding!, (value, i) => Math.abs(value - Number(exported!.data[i]))))
  t.ok(difference < 1e-5, `the ONNX model is ${difference} off`)
})

t.test('weights that miss a variable are refused by its name', async t => {
  const { 'stem/slope': _, ...rest } = trainedWeights()
  t.throws(() => exportNetwork(TINY, rest), { message: 'the weights have no stem/slope' })
})
