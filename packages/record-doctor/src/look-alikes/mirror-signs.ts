/** What a mirror changes in the fingerprints and hashes of pictures; find-look-alikes.ts finds mirror images with it. */
import { FREQUENCIES } from './fingerprint.js'
import type { Hash64 } from './hash64.js'

/** Which values change their sign when the picture is seen in a mirror: the cosines that are odd across. */
export const MIRROR_SIGNS = Int8Array.from(FREQUENCIES, ({ across }) => (across % 2 === 0 ? 1 : -1))

const HASH_BITS = 64

/** The bits of a hash that a mirror changes. */
export const MIRROR_BITS: Hash64 = MIRROR_SIGNS.slice(0, HASH_BITS).reduce(
  ({ high, low }, sign, bit) => {
    if (sign === 1) return { high, low }
    return bit < 32 ? { high, low: (low | (1 << bit)) >>> 0 } : { high: (high | (1 << (bit - 32))) >>> 0, low }
  },
  { high: 0, low: 0 },
)
