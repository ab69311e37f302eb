import type { RandomNumbers } from './random-numbers.js'

/**
 * A permutation of 0 … count - 1, each as likely as any other as far as the seed's bits allow: Fisher and Yates' shuffle in
 * Durstenfeld's form. For i from count - 1 down to 1 it swaps the i-th with the j-th, j a whole number from 0 to i.
 */
export function shuffledOrder(count: number, random: Pick<RandomNumbers, 'whole'>): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = random.whole(0, i)
    const last = order[i]!
    order[i] = order[j]!
    order[j] = last
  }
  return order
}
