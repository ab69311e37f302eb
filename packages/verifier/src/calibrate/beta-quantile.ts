/**
 * The value below which a Beta(a, b) variable lies with probability `p`.
 *
 * @param p over 0, below 1
 * @param a, b over 0
 */
export function betaQuantile(p: number, a: number, b: number): number {
  // By bisection of the logarithm, since rates of 1e-9 matter as much as those near 1.
  let low = Math.log(Number.MIN_VALUE)
  let high = 0
  for (let step = 0; step < 200 && high - low > 1e-15 * -low; step++) {
    const middle = (low + high) / 2
    if (regularisedBeta(Math.exp(middle), a, b) < p) low = middle
    else high = middle
  }
  return Math.exp((low + high) / 2)
}

/** The value that a Student t variable of some degrees of freedom exceeds with probability `tail` (below a half). */
export function studentQuantile(tail: number, degrees: number): number {
  // P(|T| > t) = I_x(degrees / 2, 1 / 2) at x = degrees / (degrees + t²).
  const x = betaQuantile(2 * tail, degrees / 2, 0.5)
  return Math.sqrt((degrees * (1 - x)) / x)
}

/**
 * The regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) variable is below `x`.
 *
 * @see Press et al., "Numerical Recipes" (1992), 6.4: the continued fraction, by Lentz's method
 */
export function regularisedBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // The fraction converges quickly on this side of the mean only.
  return x < (a + 1) / (a + b + 2) ? (front * fraction(x, a, b)) / a : 1 - (front * fraction(1 - x, b, a)) / b
}

function fraction(x: number, a: number, b: number): number {
  const apart = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value)
  let c = 1
  let d = 1 / apart(1 - ((a + b) * x) / (a + 1))
  let result = d
  // As many steps as sqrt(max(a, b)) suffice.
  for (let m = 1; m <= 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / apart(1 + even * d)
    c = apart(1 + even / c)
    result *= d * c
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / apart(1 + odd * d)
    c = apart(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return result
}

const LANCZOS = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
]

/** The logarithm of the gamma function of a number over 0 (Lanczos, g = 7). */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x)
  const z = x - 1
  const sum = LANCZOS.reduce((total, coefficient, i) => (i === 0 ? coefficient : total + coefficient / (z + i)), 0)
  const t = z + 7.5
  return 0.5 * Math.log(2 * Math.PI) + (z + 0.5) * Math.log(t) - t + Math.log(sum)
}
