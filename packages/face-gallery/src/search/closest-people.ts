/** A person who was found, by the face of theirs that is most alike. */
export interface FoundPerson {
  /** Its place in the gallery. */
  face: number
  /** The person's place among the names. */
  person: number
  /** Cosine similarity, in double precision. */
  similarity: number
}

/**
 * The people who are most alike to one face, of all whose faces were offered. A person is as alike as the most alike of their faces; of
 * people who are equally alike, the one whose face was offered first comes first.
 */
export class ClosestPeople {
  /** The most alike first. */
  readonly found: FoundPerson[] = []
  readonly #top: number

  constructor(top: number) {
    this.#top = top
  }

  /** What a face must be more alike than to change anything. */
  get floor(): number {
    return this.found.length < this.#top ? Number.NEGATIVE_INFINITY : this.found.at(-1)!.similarity
  }

  offer(face: number, person: number, similarity: number): void {
    // Not the other way round: a similarity that is no number is more than nothing.
    if (!(similarity > this.floor)) return
    const before = this.found.findIndex(other => other.person === person)
    if (before >= 0 && this.found[before]!.similarity >= similarity) return
    this.found.splice(before >= 0 ? before : this.#top - 1, 1)
    const less = this.found.findIndex(other => other.similarity < similarity)
    this.found.splice(less >= 0 ? less : this.found.length, 0, { face, person, similarity })
  }
}
