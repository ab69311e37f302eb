import t from 'tap'
import { openDetector } from '../../src/detect/open-detector.js'
import { facesOfCells } from '../../src/detect/yunet.js'
import { installedDetector } from '../../src/install/install-detector.js'
import { drawnScenes } from './drawn-scenes.js'
import { largestDifference, readPeerFaces } from './peer-faces.js'

/** In pixels. OpenCV's figures are of the same pictures; what draws them may round otherwise on another machine. */
const TOLERANCE = 0.1

t.test('a cell says where its face is', async t => {
  const cells = 6
  const outputs = {
    cls: new Float32Array(cells).fill(0.25),
    obj: new Float32Array(cells).fill(0.25),
    bbox: new Float32Array(4 * cells),
    kps: new Float32Array(10 * cells),
  }
  // The second row's third cell of three columns; its scores are held to 0 … 1.
  outputs.cls[5] = 0.81
  outputs.obj[5] = 1.5
  outputs.bbox.set([0.5, 0.25, Math.log(2), Math.log(4)], 20)
  outputs.kps.set([0, 0, 1, 0, 0.5, 0.5, -1, 2, 1, 2], 50)
  const [face, ...others] = facesOfCells(outputs, { stride: 16, columns: 3 }, 0.6)
  t.same(others, [])
  t.ok(Math.abs(face!.score - 0.9) < 1e-6)
  t.same(face!.box.map(Math.fround), [24, -12, 32, 64])
  t.same(face!.points, [
    [32, 16],
    [48, 16],
    [40, 24],
    [16, 48],
    [48, 48],
  ])
  t.equal(facesOfCells(outputs, { stride: 16, columns: 3 }, 0.25).length, 6, 'a score that is just enough')
  outputs.bbox[22] = 1000
  outputs.cls[0] = Number.NaN
  outputs.obj[0] = 1
  t.same(facesOfCells(outputs, { stride: 16, columns: 3 }, 0.6), [], 'a box without an end and a score that is none')
})

t.test(
  "the faces that OpenCV's FaceDetectorYN finds, where it finds them",
  { skip: installedDetector('yunet') ? false : 'needs YuNet: face-align --install yunet' },
  async t => {
    const detector = await openDetector('yunet', { minScore: 0.6, longestSide: 1000 })
    const peers = readPeerFaces('faces-yunet.jsonl')
    for (const [i, scene] of (await drawnScenes()).entries()) {
      const faces = await detector.detect(scene)
      const difference = largestDifference(faces, peers[i]!)
      t.ok(difference < TOLERANCE, `scene ${i}: ${faces.length} of ${peers[i]!.length} faces, ${difference} px apart`)
      t.same(
        faces.map(({ score }) => score),
        faces.map(({ score }) => score).toSorted((one, other) => other - one),
        'the best first',
      )
    }
    await detector.close()
  },
)
