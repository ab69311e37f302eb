// Writes a verification set of drawn faces, 112x112 JPEGs: draw-pairs.ts PAIRS OUT.bin. A thousand pictures, used again and again: to
// decode and embed one takes as long the tenth time as the first.
import { writeFileSync } from 'node:fs'
import { writeBin } from '@tiny-face/bin-stream'
import { drawFace } from '@tiny-face/drawn-faces'
import { encodeJpeg } from '@tiny-face/image-stream'
import type { DataMap } from '@tiny-face/record-stream'

const [pairs, out] = [Number(process.argv[2]), process.argv[3]!]
const [PEOPLE, VIEWS, SIZE, SEED, QUALITY] = [250, 4, 112, 1, 95]

const faces: Uint8Array[][] = []
for (let identity = 0; identity < Math.min(PEOPLE, pairs); identity++) {
  const views: Uint8Array[] = []
  for (let view = 0; view < VIEWS; view++)
    views.push(await encodeJpeg(await drawFace({ identity, view, size: SIZE, seed: SEED }), QUALITY))
  faces.push(views)
}

function* records(): Generator<DataMap> {
  for (let index = 0; index < pairs; index++) {
    const same = index % 2 === 0
    const person = index % faces.length
    const other = same ? person : (person + 1 + (index % (faces.length - 1))) % faces.length
    const sides = [faces[person]![index % VIEWS]!, faces[other]![(index + 1) % VIEWS]!]
    for (const [side, image] of sides.entries()) yield { image, pair: { index, side: side as 0 | 1, same } }
  }
}

const parts: Uint8Array[] = []
writeBin(records(), bytes => parts.push(Uint8Array.from(bytes)))
writeFileSync(out, Buffer.concat(parts))
