import { type Test, test } from 'tap'
import { betaQuantile, regularisedBeta, studentQuantile } from '../../src/calibrate/beta-quantile.js'

test("quantiles of beta distributions are SciPy's (1.15.2, stats.beta.ppf)", async t => {
  for (const [p, a, b, expected] of [
    [0.025, 1, 999, 2.5342830000483428e-5],
    [0.975, 1, 999, 0.0036857628657393834],
    [0.025, 3, 9998, 6.187148574838716e-5],
    [0.975, 30.5, 300_000, 0.00014077723046765686],
    [0.025, 20_000, 2e8, 9.860904544423135e-5],
    [0.975, 20_000, 2e8, 0.00010138042520995757],
    [0.5, 0.75, 12, 0.037517524050307484],
    [0.025, 2.5, 0.5, 0.3331782455987909],
    [0.975, 400, 4000, 0.09957678009558062],
    [0.025, 0.3, 1e6, 3.1856801467220237e-12],
  ] as const) {
    near(t, betaQuantile(p, a, b), expected, 1e-7, `${p} of Beta(${a}, ${b})`)
  }
})

test("the incomplete beta function is SciPy's (stats.beta.cdf), on both sides of the mean", async t => {
  near(t, regularisedBeta(0.1, 2, 5), 0.11426500000000002, 1e-12)
  near(t, regularisedBeta(0.9, 2, 5), 0.999945, 1e-12)
  near(t, regularisedBeta(1e-4, 20_000, 2e8), 0.5065818594871807, 1e-6)
  t.equal(regularisedBeta(0, 2, 5), 0)
  t.equal(regularisedBeta(1, 2, 5), 1)
})

test("quantiles of Student's distribution are SciPy's (stats.t.isf)", async t => {
  for (const [tail, degrees, expected] of [
    [0.025, 1, 12.706204736432102],
    [0.025, 2, 4.302652729696144],
    [0.025, 9, 2.2621571628540997],
    [0.025, 149, 1.9760131776791554],
    [0.025, 29_999, 1.960043066020089],
    [0.005, 4, 4.604094871415898],
  ] as const) {
    near(t, studentQuantile(tail, degrees), expected, 1e-7, `${degrees} degrees`)
  }
})

function near(t: Test, found: number, expected: number, relative: number, what?: string) {
  t.ok(Math.abs(found / expected - 1) < relative, `${what ?? ''} ${found}, expected ${expected}`)
}
