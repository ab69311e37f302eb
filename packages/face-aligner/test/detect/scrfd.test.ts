import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { openDetector } from '../../src/detect/open-detector.js'
import { largestDifference, type PeerFace } from './peer-faces.js'

/** What insightface finds with networks that are made up: tools/peers/scrfd-insightface.py. Its boxes are corners. */
const FIGURES: Record<string, PeerFace[]> = JSON.parse(readFileSync(new URL('scrfd.json', import.meta.url), 'utf8'))

for (const name of ['scrfd.onnx', 'scrfd-fixed.onnx']) {
  t.test(`${name}: the faces that insightface finds, where it finds them`, async t => {
    const detector = await openDetector(fileURLToPath(new URL(name, import.meta.url)))
    const faces = await detector.detect(waves(160, 96))
    const peers = FIGURES[name]!.map(([left, top, right, bottom, ...rest]) => {
      return [left!, top!, right! - left!, bottom! - top!, ...rest]
    })
    t.ok(peers.length >= 40)
    const difference = largestDifference(faces, peers)
    t.ok(difference < 2e-3, `${faces.length} of ${peers.length} faces, ${difference} px apart`)
    for (const [i, face] of faces.entries()) t.ok(Math.abs(face.score - peers[i]![14]!) < 1e-4, 'in their order')
    await detector.close()
  })
}

t.test('a network that takes one size is given it, whatever the picture', async t => {
  const detector = await openDetector(fileURLToPath(new URL('scrfd-fixed.onnx', import.meta.url)))
  for (const [width, height] of [
    [640, 480],
    [30, 1000],
    [1, 1],
  ] as const)
    for (const { box } of await detector.detect(waves(width, height))) t.ok(box.every(Number.isFinite))
  await detector.close()
})

function waves(width: number, height: number) {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) {
        const wave = Math.sin(x / (9 + 5 * c) + c) + Math.sin(y / (14 - 3 * c) - c)
        pixels[(y * width + x) * 3 + c] = Math.floor(127.5 + 60 * wave)
      }
  return { pixels, width, height }
}
