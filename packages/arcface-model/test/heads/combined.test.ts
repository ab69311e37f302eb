import t from 'tap'
import { checkEnds, checkHead } from './check-head.js'

/** insightface's for MS1MV2; SphereFace's factor, which passes π twice and 3π once; as ArcFace and as CosFace. */
const MARGINS = [
  [1, 0.3, 0.2],
  [3, 0.2, 0.1],
  [1, 0.5, 0],
  [1, 0, 0.4],
] as const

for (const margins of MARGINS) {
  const head = { kind: 'combined', margins, scale: 8 } as const
  t.test(`loss and gradients are float64's, with ${margins}`, t => checkHead(t, head))
  t.test(`images on their centre and opposite to it, with ${margins}`, t => checkEnds(t, head))
}
