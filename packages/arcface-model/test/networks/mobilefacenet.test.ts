import t from 'tap'
import { initialState, marginObjective, momentum, NETWORKS, trainingStep } from '../../src/index.js'
import { checkStep } from '../reference.js'

t.test('a compiled step of MobileFaceNet is an eager one', async t =>
  checkStep(t, NETWORKS.mobilefacenet, { size: 32 }),
)

t.test("filters begin as insightface's", async t => {
  const objective = marginObjective({
    network: NETWORKS.mobilefacenet,
    batchSize: 2,
    size: 32,
    classes: 3,
    head: { kind: 'arcface', margin: 0.5, scale: 64 },
  })
  const state = initialState(trainingStep(objective, momentum({ momentum: 0.9, weightDecay: 0 })), 1)
  // kaiming_normal_(mode='fan_out') of PyTorch: sqrt(2 / (kernel * kernel * filters)), of a depthwise convolution as well.
  for (const [name, deviation] of [
    ['stem/filter', Math.sqrt(2 / (9 * 64))],
    ['stem-depthwise/filter', Math.sqrt(2 / (9 * 64))],
    ['stage2/1/expand/filter', Math.sqrt(2 / 256)],
    ['stage2/1/depthwise/filter', Math.sqrt(2 / (9 * 256))],
    ['stage2/1/project/filter', Math.sqrt(2 / 128)],
    ['expand/filter', Math.sqrt(2 / 512)],
    ['embedding/filter', Math.sqrt(2 / 128)],
  ] as const) {
    const values = state[name]!
    const square = values.reduce((sum, value) => sum + value * value, 0) / values.length
    // Of n normal values the mean square strays by sqrt(2 / n) of itself.
    t.ok(Math.abs(square / deviation ** 2 - 1) < 5 * Math.sqrt(2 / values.length), `${name}: ${Math.sqrt(square)}`)
  }
})
