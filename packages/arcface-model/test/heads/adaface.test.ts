import t from 'tap'
import { ANGLES, checkEnds, checkHead } from './check-head.js'

/** One image nearer to its centre than a cosine of 0.999. */
const NEAR = ANGLES.with(1, 0.02)

// Decays far from 1, so that three batches move the statistics; with h = 1 qualities and angles reach their bounds.
for (const [h, decay] of [
  [0.333, 0.6],
  [1, 0.1],
] as const) {
  const head = { kind: 'adaface', margin: 0.4, h, decay, scale: 16 } as const
  t.test(`loss, gradients and statistics of three batches are float64's, h ${h}`, t => checkHead(t, head, NEAR))
  t.test(`images on their centre and opposite to it, h ${h}`, t => checkEnds(t, head))
}
