import { mersenneTwister } from '@tiny-face/seeded-random'

/**
 * The keys of a shuffle: MT19937 (Matsumoto and Nishimura, 1998), seeded with one 32-bit number by its own
 * `init_genrand`; key i takes two of its outputs, the low 26 bits of one above the low 27 of the next, and is those 53 bits
 * over 2^53, 0 <= key < 1.
 *
 * @param seed 0 … 2^32 - 1
 * @param first the number of the key that is drawn first: those before it are passed over
 * @returns draws the next key
 */
export function shuffleKeys(seed: number, first = 0): () => number {
  const { uniform } = mersenneTwister(seed)
  for (let number = 0; number < first; number++) uniform()
  return uniform
}
