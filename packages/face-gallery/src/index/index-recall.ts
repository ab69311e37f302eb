import { xoroshiro } from '@tiny-face/seeded-random'
import type { Gallery } from '../gallery.js'
import { closestInGallery } from '../search/closest-in-gallery.js'
import type { FindClosest } from '../search/search.js'
import { templatesAt } from '../templates-at.js'

/** How much of what an exact search finds another one finds. */
export interface IndexRecall {
  /** Faces of the gallery that were searched for. */
  faces: number
  /** How often the most alike other person is the same. */
  first: number
  /** The share of the ten most alike others that it finds. */
  ten: number
}

const OTHERS = 10

/**
 * Searches for faces of a gallery among all others, by comparing all and otherwise. The person whose face it is is left out, who is found
 * too easily.
 *
 * @param count of the faces, drawn by `seed`
 */
export async function indexRecall(
  gallery: Gallery,
  closest: FindClosest,
  { count = Math.min(1000, gallery.length), seed = 1 } = {},
): Promise<IndexRecall> {
  const random = xoroshiro(seed)
  const faces = Array.from({ length: count }, () => random.whole(0, gallery.length - 1)).sort((a, b) => a - b)
  const queries = templatesAt(gallery, faces)
  const others = (people: { person: number }[], i: number) =>
    people.map(({ person }) => person).filter(person => person !== gallery.people[faces[i]!])
  const exact = (await closestInGallery(gallery, queries, OTHERS + 1)).map(others)
  const found = (await closest(queries, OTHERS + 1)).map(others)
  let [first, shared, all] = [0, 0, 0]
  for (const [i, people] of exact.entries()) {
    const wanted = people.slice(0, OTHERS)
    if (wanted[0] === found[i]![0]) first++
    shared += wanted.filter(person => found[i]!.slice(0, OTHERS).includes(person)).length
    all += wanted.length
  }
  return { faces: count, first: first / count, ten: all === 0 ? 1 : shared / all }
}
