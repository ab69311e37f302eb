import { directions } from './faces.js'
import type { PageFace } from './qdrant-page.js'

const SIZE = 16
const PEOPLE = ['Ada', 'Bob', 'Cleo', 'Dora', 'Eve']
const PHOTOS_EACH = 50

/** People with many photos, photos of two of them and of a stranger, and who these are. */
export function drawPageFaces(): { people: PageFace[]; photos: PageFace[]; wanted: string[] } {
  const centres = directions(PEOPLE.length + 1, SIZE, 11)
  const noises = directions(PEOPLE.length * PHOTOS_EACH + 3, SIZE, 12)
  const face = (id: string, person: number, photo: number): PageFace => ({
    id,
    embedding: centres[person]!.map((value, k) => value + 0.2 * noises[photo]![k]!),
    flipped: centres[person]!.map((value, k) => value - 0.2 * noises[photo]![(k + 1) % SIZE]!),
  })
  const people = PEOPLE.flatMap((name, person) =>
    Array.from({ length: PHOTOS_EACH }, (_, i) => face(`${name}/${i}.jpg`, person, person * PHOTOS_EACH + i)),
  )
  const first = PEOPLE.length * PHOTOS_EACH
  const photos = [0, PEOPLE.length, 4].map((person, i) => face(`${i}.jpg`, person, first + i))
  return { people, photos, wanted: ['Ada', 'unknown', 'Eve'] }
}
