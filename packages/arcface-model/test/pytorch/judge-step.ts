import type { PytorchStep } from './fixture.js'

/** The change of a parameter may be so many times as far from float64 as PyTorch's is. */
const FACTOR = 2

/** That of a running statistic: a sum of thousands of numbers, in whatever order a library adds them up. */
const FACTOR_OF_STATISTICS = 4

const factorOf = (name: string) => (/\/(mean|variance)$/.test(name) ? FACTOR_OF_STATISTICS : FACTOR)

/** |loss - loss in float64| by the loss. */
const LOSS_LIMITS = { f32: 1e-5, bf16: 2e-2 }

export interface Verdict {
  readonly lossError: number
  readonly lossLimit: number
  /** Variables that are further off than they may be. */
  readonly worse: readonly { name: string; error: string; pytorch: string; limit: string }[]
  /** Medians, and how near the largest comes to its limit, in a line. */
  readonly summary: string
}

/**
 * Holds a step of ours against PyTorch's.
 *
 * @param errors by variable: |change - change in float64| by the latter's length
 * @param deviation of the errors from the true ones, as a part of them, where they are estimates: two of them are let pass
 */
export function judgeStep(
  pytorch: PytorchStep,
  precision: 'f32' | 'bf16',
  loss: number,
  errors: ReadonlyMap<string, number>,
  deviation = 0,
): Verdict {
  const theirs = precision === 'f32' ? 'float32' : 'bfloat16'
  const updates = Object.entries(pytorch.updates)
  const typical = median(updates.map(([, update]) => update[theirs]))
  const judged = updates.map(([name, update]) => {
    const error = errors.get(name) ?? Number.POSITIVE_INFINITY
    const limit = factorOf(name) * Math.max(update[theirs], typical) * (1 + 2 * deviation)
    return { name, error, pytorch: update[theirs], limit }
  })
  const ratios = judged.map(({ error, limit }) => error / limit).sort((a, b) => b - a)
  return {
    lossError: Math.abs(loss / pytorch.loss.float64 - 1),
    lossLimit: LOSS_LIMITS[precision],
    worse: judged
      .filter(({ error, limit }) => !(error <= limit))
      .map(({ name, error, pytorch, limit }) => ({
        name,
        error: error.toExponential(1),
        pytorch: pytorch.toExponential(1),
        limit: limit.toExponential(1),
      })),
    summary:
      `errors, median: ours ${median([...errors.values()]).toExponential(1)}, PyTorch's ${typical.toExponential(1)}; ` +
      `the largest is ${ratios[0]!.toFixed(2)} of its limit`,
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
