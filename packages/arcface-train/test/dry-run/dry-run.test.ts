import { NETWORKS, networkSize, networkVariables } from '@tiny-face/arcface-model'
import t from 'tap'
import { dryRun } from '../../src/dry-run/dry-run.js'
import { dryRunText } from '../../src/dry-run/dry-run-text.js'
import { aConfig } from '../a-config.js'

const SET = { count: 41, classes: 40, source: 'shards' }
const { parameters } = networkSize(NETWORKS.mobilefacenet)
const statistics = networkVariables(NETWORKS.mobilefacenet)
  .filter(({ kind }) => kind === 'statistic')
  .reduce((sum, { shape }) => sum + shape[0]!, 0)

t.test('a step is measured, and its layers and memory counted', { timeout: 120_000 }, async t => {
  const config = aConfig({ batchSize: 4, accumulate: 2, epochs: 3, stopAfter: 2 }, SET)
  const { layers, memory, ...times } = await dryRun(config)
  t.strictSame(layers.at(-1), { name: 'head', shape: [40], parameters: 40 * 128, multiplyAdds: 40 * 128 })
  t.equal(
    layers.reduce((sum, layer) => sum + layer.parameters, 0),
    parameters + 40 * 128,
  )
  // Every parameter and its velocity.
  t.equal(memory.state, 4 * (2 * (parameters + 40 * 128) + statistics))
  t.ok(memory.activations > 4 * 2 * 56 * 56 * 64, 'more than the first result of two images')
  t.ok(memory.measured > memory.activations)
  t.match(times, { stepsOfEpoch: 10, steps: 20 })
  t.ok(times.secondsOfStep > 0)
})

t.test('a step of Partial FC takes some centres, the state holds all', { timeout: 120_000 }, async t => {
  const config = aConfig({ batchSize: 2, sampleRate: 0.1, optimiser: 'adamw', head: 'subcentre' }, SET)
  const { layers, memory } = await dryRun(config)
  t.strictSame(layers.at(-1), { name: 'head', shape: [4], parameters: 40 * 3 * 128, multiplyAdds: 4 * 3 * 128 })
  // Every parameter with two means, and the two powers of adam.
  t.equal(memory.state, 4 * (3 * (parameters + 40 * 3 * 128) + statistics + 2))
})

t.test('its text is a table and a few lines', async t => {
  const layers = [
    { name: 'stem', shape: [56, 56, 64], parameters: 1920, multiplyAdds: 5_419_008 },
    { name: 'head', shape: [4], parameters: 40 * 128, multiplyAdds: 4 * 128 },
  ]
  const memory = { state: 8_123_456, activations: 1_480_000_000, measured: 1_990_000_000 }
  const config = aConfig({ batchSize: 4, accumulate: 2, sampleRate: 0.1 }, SET)
  const text = dryRunText(config, { layers, memory, secondsOfStep: 0.25, stepsOfEpoch: 12_345, steps: 1_234_500 })
  t.equal(
    text,
    `layer    output  parameters  multiply-adds
stem   56x56x64       1,920      5,419,008
head          4       5,120            512
all                   7,040      5,419,520

data      41 images of 40 people, of whom 4 take part in a step
step      4 images in 2 parts: 250 ms, 16.0 images/s (onnx, f32; measured on made-up images)
epoch     12,345 steps: 51 min
run       1,234,500 steps: 3.6 days, without verification and checkpoints
memory    8.12 MB of state: parameters, statistics, what the optimiser keeps
          1.48 GB of values alive at once in a step, at most (by its graph, in float32)
          1.99 GB in all (measured: the most that this process took, Node.js and engine included)
`,
  )
})
