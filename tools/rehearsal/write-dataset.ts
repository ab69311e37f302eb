// A dataset of the size of insightface's faces_emore, of generated pictures: tools/rehearsal/write-dataset.ts DIR [IMAGES PEOPLE]
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import { writeRecordIO } from '@tiny-face/recordio-stream'
import { imagesOfPeople } from './people.js'
import { RandomPictures } from './random-pictures.js'

const SEED = 1
/** Of faces_emore (MS1M-ArcFace). */
const IMAGES = '5822653'
const PEOPLE = '85742'

const [folder, images = IMAGES, people = PEOPLE] = process.argv.slice(2)
if (folder === undefined) {
  console.error('usage: write-dataset DIR [IMAGES PEOPLE]')
  process.exit(2)
}
mkdirSync(folder, { recursive: true })
const pictures = await RandomPictures.open(SEED)
await writeRecordIO(join(folder, 'train.rec'), records(imagesOfPeople(Number(people), Number(images))))

/** The images of the first person, then those of the next: the writer makes of such a stream what insightface's own program does. */
function* records(counts: number[]): Generator<DataMap> {
  for (const [label, count] of counts.entries()) {
    for (let i = 0; i < count; i++) yield { label, image: pictures.draw(label, i) }
  }
}
