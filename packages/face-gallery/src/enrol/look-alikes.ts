import type { Gallery } from '../gallery.js'
import { closestInGallery } from '../search/closest-in-gallery.js'
import { templatesAt } from '../templates-at.js'

/** Two people of a gallery, by name, who may be one. */
export interface LookAlikes {
  person: string
  other: string
  /** The largest cosine similarity of a face of the one that is new with a face of the other. */
  similarity: number
  /** The ids of these faces. */
  id: string
  otherId: string
}

/** Faces that are searched for at a time. */
const BATCH = 1024

/**
 * People among whom one is enrolled under two names: a new face of the one looks like a face of the other.
 *
 * @param first the first face that is new; all behind it are
 * @param threshold the cosine similarity that counts as alike
 * @param onFaces called with the number of faces that were compared since the last call
 * @returns each two people once, the most alike first
 */
export async function lookAlikes(
  gallery: Gallery,
  first: number,
  threshold: number,
  onFaces?: (count: number) => void,
): Promise<LookAlikes[]> {
  const pairs = new Map<string, LookAlikes>()
  for (let face = first; face < gallery.length; face += BATCH) {
    const faces = Array.from({ length: Math.min(BATCH, gallery.length - face) }, (_, i) => face + i)
    const found = await closestInGallery(gallery, templatesAt(gallery, faces), 2)
    for (const [i, people] of found.entries()) {
      const person = gallery.people[faces[i]!]!
      const other = people.find(other => other.person !== person)
      if (other === undefined || !(other.similarity > threshold)) continue
      const key = `${Math.min(person, other.person)} ${Math.max(person, other.person)}`
      if (other.similarity <= (pairs.get(key)?.similarity ?? Number.NEGATIVE_INFINITY)) continue
      pairs.set(key, {
        person: gallery.names[person]!,
        other: gallery.names[other.person]!,
        similarity: other.similarity,
        id: gallery.ids[faces[i]!]!,
        otherId: gallery.ids[other.face]!,
      })
    }
    onFaces?.(faces.length)
  }
  return [...pairs.values()].sort((a, b) => b.similarity - a.similarity)
}
