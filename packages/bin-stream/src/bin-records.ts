import type { DataMap, Pair } from '@tiny-face/record-stream'
import type { VerificationSet } from './read-bin.js'

/** A data map for each slot of the set: `id` its number, `image` as in the file, `pair` its place. */
export function* binRecords({ images, same }: VerificationSet): Generator<DataMap & { image: Uint8Array; pair: Pair }> {
  for (const [slot, image] of images.entries()) {
    const index = slot >> 1
    yield { id: slot, image, pair: { index, side: slot % 2 === 0 ? 0 : 1, same: same[index]! } }
  }
}
