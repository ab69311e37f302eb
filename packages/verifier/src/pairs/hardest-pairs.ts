import type { Face } from './measure-pairs.js'
import type { MeasuredPair } from './measured-pairs.js'

/** A pair with its faces. */
export interface HardPair extends MeasuredPair {
  faces: readonly [Face, Face]
}

/**
 * Keeps the hardest pairs of each kind, and forgets the others as it goes: those that any threshold gets wrong first. So
 * memory stays bounded though the threshold is known only at the end.
 */
export class HardestPairs {
  /** Pairs of one person, the farthest first: the false rejects, then those nearest to being rejected. */
  readonly same: HardPair[] = []
  /** Pairs of two people, the closest first: the false accepts, then those nearest to being accepted. */
  readonly different: HardPair[] = []
  readonly #limit: number

  /** @param limit how many to keep of each kind */
  constructor(limit: number) {
    this.#limit = limit
  }

  add(pair: MeasuredPair, faces: readonly [Face, Face]): void {
    const kept = pair.same ? this.same : this.different
    const harder = (other: MeasuredPair) =>
      pair.same ? pair.distance > other.distance : pair.distance < other.distance
    const easier = kept.findIndex(harder)
    const place = easier < 0 ? kept.length : easier
    if (place >= this.#limit) return
    kept.splice(place, 0, { ...pair, faces: [faceOf(faces[0]), faceOf(faces[1])] })
    kept.length = Math.min(kept.length, this.#limit)
  }
}

/** The face alone, without what a side carries beside it (its template). */
function faceOf({ id, image }: Face): Face {
  return { id, image }
}
