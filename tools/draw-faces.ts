// Draws faces of people who do not exist, a folder per person: tools/draw-faces.ts DIR [PEOPLE]
import { drawFaces } from '@tiny-face/drawn-faces'

const VIEWS = 10
const SIZE = 112
const SEED = 1

const [out, people = '40'] = process.argv.slice(2)
if (out === undefined) {
  console.error('usage: draw-faces DIR [PEOPLE]')
  process.exit(2)
}
await drawFaces({ people: Number(people), views: VIEWS, size: SIZE, seed: SEED, out })
