/** Which rows belong together, as links between them come in (Tarjan, 1975: halving the path to the root). */
export class DisjointSets {
  readonly #parents: Uint32Array

  constructor(count: number) {
    this.#parents = Uint32Array.from({ length: count }, (_, row) => row)
  }

  /** The lowest row of the set. */
  first(row: number): number {
    const parents = this.#parents
    let at = row
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]!]!
      at = parents[at]!
    }
    return at
  }

  /** Puts two rows' sets together; false where they were one already. */
  join(a: number, b: number): boolean {
    const [firstA, firstB] = [this.first(a), this.first(b)]
    if (firstA === firstB) return false
    this.#parents[Math.max(firstA, firstB)] = Math.min(firstA, firstB)
    return true
  }
}
