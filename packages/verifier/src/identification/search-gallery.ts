import { type LabelledFaces, rowOf, selectFaces } from '../faces/labelled-faces.js'
import { squaredDistance } from '../pairs/squared-distance.js'
import { productError } from '../similarity/product.js'
import { type SimilarityBlock, similarityBlocks } from '../similarity/similarity-blocks.js'

/** What came of searching a gallery for some faces, the probes, in columns: everything of probe `i` lies at place `i`. */
export interface Searches {
  readonly length: number
  /** The place of the probe's own person among the people enrolled, 1 the first; 0 where the person is not enrolled. */
  readonly ranks: Uint32Array
  /** The squared distance to the closest image of the own person; infinite where the person is not enrolled. */
  readonly mates: Float64Array
  /** The squared distance to the closest image of another person; infinite where nobody else is enrolled. */
  readonly others: Float64Array
}

/**
 * Searches a gallery for each of some faces, exactly: one and all are compared. A person is as close as the closest of the
 * person's images, and people at the same distance as the own one come before it.
 *
 * Similarities come in single precision; wherever that could decide, the distance is measured in double.
 *
 * @param gallery, probes of one embedding size
 * @param onBlock called after each block of similarities
 */
export async function searchGallery(
  gallery: LabelledFaces,
  probes: LabelledFaces,
  onBlock?: () => void,
): Promise<Searches> {
  const enrolled = byPerson(gallery)
  const search = new Search(enrolled, probes)
  for await (const block of similarityBlocks(probes, enrolled)) {
    search.add(block)
    onBlock?.()
  }
  return search
}

class Search implements Searches {
  readonly length: number
  readonly ranks: Uint32Array
  readonly mates: Float64Array
  readonly others: Float64Array
  readonly #gallery: LabelledFaces
  readonly #probes: LabelledFaces
  readonly #margin: number
  /** The last person who was found before the own one, so that none is counted for each image: images lie person by person. */
  readonly #counted: Float64Array

  /** @param gallery person by person */
  constructor(gallery: LabelledFaces, probes: LabelledFaces) {
    this.length = probes.length
    this.#gallery = gallery
    this.#probes = probes
    this.#margin = productError(gallery.size)
    this.#counted = new Float64Array(this.length).fill(-1)
    this.others = new Float64Array(this.length).fill(Number.POSITIVE_INFINITY)
    const places = imagesByPerson(gallery)
    this.mates = Float64Array.from(probes.people, (person, probe) =>
      (places.get(person) ?? []).reduce((least, image) => Math.min(least, this.#distance(probe, image)), Infinity),
    )
    this.ranks = Uint32Array.from(probes.people, person => (places.has(person) ? 1 : 0))
  }

  add({ firstRow, rows, firstColumn, columns, values }: SimilarityBlock): void {
    const { people } = this.#gallery
    const margin = this.#margin
    for (let i = 0; i < rows; i++) {
      const probe = firstRow + i
      const person = this.#probes.people[probe]!
      // Nobody comes before a person who is not enrolled.
      const mate = this.ranks[probe] === 0 ? Infinity : similarityOf(this.mates[probe]!)
      // Images below are neither before the own person nor the closest so far.
      let floor = Math.min(mate, similarityOf(this.others[probe]!)) - margin
      for (let j = 0, at = i * columns; j < columns; j++, at++) {
        const similarity = values[at]!
        if (similarity < floor) continue
        const other = people[firstColumn + j]!
        if (other === person) continue
        const certain = similarity > mate + margin
        const counted = this.#counted[probe] === other
        const closest = similarity >= similarityOf(this.others[probe]!) - margin
        if (!closest && (certain || counted)) {
          if (!counted) this.#count(probe, other)
          continue
        }
        const distance = this.#distance(probe, firstColumn + j)
        if (distance < this.others[probe]!) {
          this.others[probe] = distance
          floor = Math.min(mate, similarityOf(distance)) - margin
        }
        if (!counted && distance <= this.mates[probe]!) this.#count(probe, other)
      }
    }
  }

  /** One more person who comes before the own one, where that is enrolled. */
  #count(probe: number, person: number): void {
    if (this.ranks[probe] === 0) return
    this.#counted[probe] = person
    this.ranks[probe]!++
  }

  #distance(probe: number, image: number): number {
    return squaredDistance(rowOf(this.#probes, probe), rowOf(this.#gallery, image))
  }
}

/** The cosine of two templates at a distance; below any of an infinite one. */
function similarityOf(distance: number): number {
  return 1 - distance / 2
}

function imagesByPerson({ people }: LabelledFaces): Map<number, number[]> {
  const places = new Map<number, number[]>()
  people.forEach((person, image) => {
    const images = places.get(person)
    if (images === undefined) places.set(person, [image])
    else images.push(image)
  })
  return places
}

/** The same faces, those of a person one after another. */
function byPerson(faces: LabelledFaces): LabelledFaces {
  return selectFaces(faces, [...imagesByPerson(faces).values()].flat())
}
