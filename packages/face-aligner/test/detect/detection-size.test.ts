import t from 'tap'
import { DETECTION_SIDE, detectionSize, fitted, scaleFaces } from '../../src/detect/detection-size.js'
import { peerFace } from './peer-faces.js'

t.test('the longest side is at most the wanted one, and nothing becomes larger or vanishes', async t => {
  t.equal(DETECTION_SIDE, 640)
  for (const [width, height, expected] of [
    [4000, 3000, { width: 640, height: 480 }],
    [3000, 4000, { width: 480, height: 640 }],
    [640, 100, { width: 640, height: 100 }],
    [92, 112, { width: 92, height: 112 }],
    [1, 5000, { width: 1, height: 640 }],
    [1, 1, { width: 1, height: 1 }],
  ] as const)
    t.same(detectionSize(width, height), expected)
  t.same(detectionSize(4000, 3000, 1000), { width: 1000, height: 750 })
  t.same(fitted({ width: 300, height: 100 }, { width: 160, height: 128 }), { width: 160, height: 53 })
})

t.test('points go by the middle of their pixels, boxes by their edges', async t => {
  // Halved, the first pixel's middle lies between the first two pixels; the fourth's between the seventh and the eighth.
  const face = peerFace([0, 3, 4, 5, 0, 3, -0.5, 1, 2, 2, 1.25, 0, 7, 9, 0.9])
  const [large] = scaleFaces([face], { width: 10, height: 20 }, { width: 20, height: 60 })
  t.same(large, peerFace([0.5, 10, 8, 15, 0.5, 10, -0.5, 4, 4.5, 7, 3, 1, 14.5, 28, 0.9]))
  t.same(scaleFaces([large!], { width: 20, height: 60 }, { width: 10, height: 20 }), [face])
})
