import { type LabelledFaces, rowOf } from '../faces/labelled-faces.js'
import { squaredDistance } from '../pairs/squared-distance.js'
import { BLOCK_ROWS, type SimilarityBlock, similarityBlocks } from '../similarity/similarity-blocks.js'
import { sortedOrder } from '../sorted-order.js'

/** Pairs of faces of two people, in columns: the closest first. */
export interface ImpostorPairs {
  readonly length: number
  /** Squared distances of the templates. */
  readonly distances: Float64Array
  /** The rows of the two faces. */
  readonly left: Uint32Array
  readonly right: Uint32Array
}

/** The most faces whose pairs are searched: a pair of them is a number of 32 bits. */
export const MAX_FACES = 1 << 15

/**
 * The closest pairs of faces of two people among all pairs of a set, in memory for a few times as many.
 *
 * Found in single precision, half as many again as are wanted, and then measured in double, so that rounding loses none.
 *
 * @param faces at most MAX_FACES
 * @param count how many are wanted; fewer come where there are not as many
 * @param onBlock called after each block of similarities
 */
export async function closestImpostors(
  faces: LabelledFaces,
  count: number,
  onBlock?: () => void,
): Promise<ImpostorPairs> {
  if (faces.length > MAX_FACES) throw new RangeError(`at most ${MAX_FACES} faces, not ${faces.length}`)
  const kept = new ClosestKept(Math.ceil(1.5 * count) + 1000)
  for await (const block of similarityBlocks(faces, faces, { aboveDiagonal: true })) {
    addBlock(kept, block, faces.people)
    onBlock?.()
  }
  return measured(kept.finish(), faces, count)
}

function addBlock(kept: ClosestKept, block: SimilarityBlock, people: Float64Array): void {
  const { firstRow, rows, firstColumn, columns, values } = block
  for (let i = 0; i < rows; i++) {
    const row = firstRow + i
    // In a block that the diagonal crosses, what lies above it.
    const from = firstRow === firstColumn ? i + 1 : 0
    const person = people[row]!
    for (let j = from, at = i * columns + from; j < columns; j++, at++) {
      if (values[at]! > kept.cut && people[firstColumn + j] !== person) {
        kept.add(values[at]!, row * MAX_FACES + firstColumn + j)
      }
    }
    // A row adds at most BLOCK_ROWS, for which there is always room.
    kept.makeRoom()
  }
}

/** The most similar pairs so far, and up to as many again that are sorted out only when room is needed. */
class ClosestKept {
  /** Pairs that are not more similar than this need not be added. */
  cut = Number.NEGATIVE_INFINITY
  readonly #limit: number
  readonly #similarities: Float32Array
  readonly #pairs: Uint32Array
  #length = 0

  constructor(limit: number) {
    this.#limit = limit
    this.#similarities = new Float32Array(2 * limit + BLOCK_ROWS)
    this.#pairs = new Uint32Array(2 * limit + BLOCK_ROWS)
  }

  add(similarity: number, pair: number): void {
    this.#similarities[this.#length] = similarity
    this.#pairs[this.#length++] = pair
  }

  makeRoom(): void {
    if (this.#length >= 2 * this.#limit) this.#sortOut()
  }

  finish(): Uint32Array {
    if (this.#length > this.#limit) this.#sortOut()
    return this.#pairs.subarray(0, this.#length)
  }

  /** Keeps `limit` pairs; of those that are as similar as the last one, whichever came first. */
  #sortOut(): void {
    const sorted = this.#similarities.slice(0, this.#length).sort()
    const cut = sorted[this.#length - this.#limit]!
    let equals = this.#limit
    for (let i = this.#length - 1; i >= 0 && sorted[i]! > cut; i--) equals--
    let length = 0
    for (let i = 0; i < this.#length; i++) {
      const similarity = this.#similarities[i]!
      if (similarity < cut || (similarity === cut && equals-- <= 0)) continue
      this.#similarities[length] = similarity
      this.#pairs[length++] = this.#pairs[i]!
    }
    this.#length = length
    this.cut = cut
  }
}

function measured(pairs: Uint32Array, faces: LabelledFaces, count: number): ImpostorPairs {
  const found = Float64Array.from(pairs, pair =>
    squaredDistance(rowOf(faces, Math.floor(pair / MAX_FACES)), rowOf(faces, pair % MAX_FACES)),
  )
  const closest = sortedOrder(found).subarray(0, count)
  return {
    length: closest.length,
    distances: Float64Array.from(closest, i => found[i]!),
    left: Uint32Array.from(closest, i => Math.floor(pairs[i]! / MAX_FACES)),
    right: Uint32Array.from(closest, i => pairs[i]! % MAX_FACES),
  }
}
