import type { DataMap, Pair } from '@tiny-face/record-stream'
import type { Truths } from './open-bin.js'

/**
 * A data map for each slot of the set: `id` its number, `image` as in the file, `pair` its place.
 *
 * @param set whose images, of a part of it, are those of the slots from `first` on
 */
export function* binRecords(
  set: {
    images: Iterable<Uint8Array>
    same: Truths
  },
  first = 0,
): Generator<DataMap & { image: Uint8Array; pair: Pair }> {
  let slot = first
  for (const image of set.images) {
    const index = slot >> 1
    yield { id: slot, image, pair: { index, side: slot % 2 === 0 ? 0 : 1, same: set.same.at(index)! } }
    slot++
  }
}
