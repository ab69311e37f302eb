import t from 'tap'
import { NETWORKS } from '../src/index.js'
import { compareStep } from './reference.js'

/** An update this small against its tensor is rounding: the shift right before another batch norm has a true gradient of 0. */
const ROUNDING = 1e-6

for (const [name, size] of [
  ['mobilefacenet', 32],
  ['seed-resnet50', 24],
] as const) {
  t.test(`${name}: a compiled step is an eager one`, { timeout: 600_000 }, async t => {
    const { lossError, updates } = await compareStep({
      network: NETWORKS[name],
      batchSize: 8,
      classes: 11,
      size,
      margin: { margin: 0.5, scale: 16 },
      momentum: 0.9,
      weightDecay: 5e-4,
    })
    t.ok(lossError < 1e-5, `loss within ${lossError.toExponential(1)}`)
    for (const { name, cosine, norm, expected } of updates) {
      if (expected < ROUNDING) continue
      t.ok(
        cosine > 0.9999 && Math.abs(norm - 1) < 0.01,
        `${name}: cosine ${cosine.toFixed(7)}, norm ${norm.toFixed(5)}, of ${expected.toExponential(1)}`,
      )
    }
  })
}
