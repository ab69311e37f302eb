import { placed } from '@tiny-face/safe-files'
import { UNKNOWN } from '../enrol/person-name.js'
import { type Embedded, mustFit, templateOf } from '../face-template.js'
import type { Gallery } from '../gallery.js'
import { closestInGallery } from './closest-in-gallery.js'
import type { FoundPerson } from './closest-people.js'

/**
 * Finds the people of a gallery who are most alike to each of some templates `[size]`, the most alike first, at most `top` of them.
 *
 * @param onBlock called as the work goes on
 */
export type FindClosest = (
  queries: readonly Float64Array[],
  top: number,
  onBlock?: () => void,
) => Promise<FoundPerson[][]>

export interface SearchOptions {
  /** The cosine similarity that a face must be over to be taken for a person's: -1 to 1. */
  threshold: number
  /** How many people are listed for each face, the command takes up to MAX_TOP. */
  top?: number
  /** What finds them, where not all are to be compared: `openIndex` gives one. */
  closest?: FindClosest | undefined
  /** Called after each of `searchBlocks` blocks of similarities. */
  onBlock?: (() => void) | undefined
}

/** A person who looks like a face. */
export interface Match {
  person: string
  /** The cosine similarity of the face with the most alike of the person's, -1 to 1. */
  similarity: number
  /** The id of that face. */
  id: string
}

/** What a search found for one face. */
export interface Identified {
  /** The most alike person where the similarity is over the threshold, else UNKNOWN. */
  person: string
  /** The most alike people, the most alike first, also those below the threshold. */
  matches: Match[]
}

/**
 * Who each of some faces is, among the people of a gallery or nobody of them: exact, each face is compared with all, unless `closest` is
 * given.
 *
 * Of people who are equally alike, the one enrolled first comes first.
 *
 * @throws DataError where an embedding is not of the gallery's kind, not finite or has no direction: `record` is the face's place
 */
export async function search(
  gallery: Gallery,
  faces: readonly Embedded[],
  { threshold, top = 1, closest, onBlock }: SearchOptions,
): Promise<Identified[]> {
  const templates = faces.map((face, record) => {
    try {
      const template = templateOf(face)
      mustFit(template, gallery)
      return template.values
    } catch (error) {
      throw placed(error, { record })
    }
  })
  const find = closest ?? ((...args) => closestInGallery(gallery, ...args))
  const found = await find(templates, top, onBlock)
  return found.map(people => identified(gallery, people, threshold))
}

function identified(gallery: Gallery, people: readonly FoundPerson[], threshold: number): Identified {
  const matches = people.map(({ face, person, similarity }) => ({
    person: gallery.names[person]!,
    // A template is of length 1 but for rounding.
    similarity: Math.max(-1, Math.min(1, similarity)),
    id: gallery.ids[face]!,
  }))
  const best = matches[0]
  return { person: best !== undefined && best.similarity > threshold ? best.person : UNKNOWN, matches }
}
