import type { RandomNumbers } from '@tiny-face/seeded-random'

/** For each of the 2^16 values of half a random word, the number of the Poisson distribution of mean 1 that it stands for. */
const POISSON = poissonTable()

/**
 * Fills places with random numbers of the Poisson distribution of mean 1: how often each is in a bootstrap sample. Two of a
 * word's halves, to 1.6e-5 of each probability, so that a number takes a nanosecond or two; the largest is 8.
 */
export function poissonNumbers(numbers: Uint8Array, random: Pick<RandomNumbers, 'word'>): void {
  for (let i = 0; i < numbers.length; i += 2) {
    const word = random.word()
    numbers[i] = POISSON[word & 0xffff]!
    numbers[i + 1] = POISSON[word >>> 16]! // past the end of an odd number of places, which changes nothing
  }
}

function poissonTable(): Uint8Array {
  const table = new Uint8Array(1 << 16)
  let probability = Math.exp(-1)
  let below = 0
  for (let number = 0; below < table.length; number++) {
    const share = Math.max(1, Math.round(probability * table.length))
    table.fill(number, below, below + share)
    below += share
    probability /= number + 1
  }
  return table
}
