/** Pairs that only one of two verifiers decided rightly. */
export interface DiscordantPairs {
  onlyFirst: number
  onlySecond: number
  /** Of McNemar's exact test, 0 to 1: how often chance alone makes them as uneven. */
  p: number
}

/**
 * Where two verifiers disagree.
 *
 * @param first for each pair 1 where the first verifier decided it rightly, else 0
 * @param second the same of the second, for the same pairs
 */
export function discordantPairs(first: Uint8Array, second: Uint8Array): DiscordantPairs {
  let [onlyFirst, onlySecond] = [0, 0]
  for (let i = 0; i < first.length; i++) {
    if (first[i]! > second[i]!) onlyFirst++
    if (first[i]! < second[i]!) onlySecond++
  }
  return { onlyFirst, onlySecond, p: mcnemar(onlyFirst, onlySecond) }
}

/**
 * McNemar's exact test: whether two verifiers that decided the same pairs are equally often right. Where they agree, nothing is learnt;
 * of the pairs that only one of them decides rightly, each would have half if they were equally good.
 *
 * @param onlyFirst pairs that the first alone decided rightly
 * @param onlySecond the second alone
 * @returns the two-sided p, 0 to 1: how often such a split, or one more uneven, comes of chance alone
 * @see McNemar, "Note on the sampling error of the difference between correlated proportions or percentages" (1947); Python,
 *   `scipy.stats.binomtest(onlyFirst, onlyFirst + onlySecond).pvalue`
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const total = onlyFirst + onlySecond
  const fewer = Math.min(onlyFirst, onlySecond)
  // The binomial probability of `fewer`, then of one less, and so on: each from the one before.
  let probability = Math.exp(logChoose(total, fewer) - total * Math.LN2)
  let sum = 0
  for (let k = fewer; k >= 0 && probability > sum * Number.EPSILON; k--) {
    sum += probability
    probability *= k / (total - k + 1)
  }
  return Math.min(1, 2 * sum)
}

/** The logarithm of the number of ways to choose k of n. */
function logChoose(n: number, k: number): number {
  let sum = 0
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i)
  return sum
}
