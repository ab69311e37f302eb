/** What the programs that prove an engine share. */

import type { Proof } from '../prove-engine.js'

/** The largest difference between two lists of numbers, by the largest number of the second. */
export function relativeError(found: ArrayLike<number>, truth: ArrayLike<number>): number {
  let difference = found.length === truth.length ? 0 : Number.POSITIVE_INFINITY
  let largest = 0
  for (let i = 0; i < truth.length; i++) {
    difference = Math.max(difference, Math.abs(found[i]! - truth[i]!))
    largest = Math.max(largest, Math.abs(truth[i]!))
  }
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference / largest
}

/** `count` numbers between -1 and 1 that are the same everywhere. */
export function numbers(count: number, seed: number): Float32Array {
  let state = seed
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 31 - 1
  })
}

/** `a` [rows, inner] times `b` [inner, columns], summed in double precision. */
export function product(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  [rows, inner, columns]: readonly number[],
): Float32Array {
  const out = new Float64Array(rows! * columns!)
  for (let row = 0; row < rows!; row++)
    for (let k = 0; k < inner!; k++)
      for (let column = 0; column < columns!; column++)
        out[row * columns! + column]! += a[row * inner! + k]! * b[k * columns! + column]!
  return Float32Array.from(out)
}

/** The shortest of five turns of `run`, in milliseconds, after one that is not counted. */
export function milliseconds(run: () => void): number {
  let shortest = Number.POSITIVE_INFINITY
  for (let turn = 0; turn < 6; turn++) {
    const started = performance.now()
    run()
    if (turn > 0) shortest = Math.min(shortest, performance.now() - started)
  }
  return shortest
}

/** Runs a proof as the whole of a process: prints it as JSON, or in one line what is wrong. */
export async function prove(run: (library: string) => Promise<Proof> | Proof): Promise<void> {
  try {
    console.log(JSON.stringify(await run(process.argv[2]!)))
  } catch (error) {
    console.error(`proof: ${(error as Error).message.replace(/\s*\n\s*/g, ' ')}`)
    process.exitCode = 1
  }
}

/** One row of a proof's table; throws where the error is more than it may be. */
export function checkedRow(what: string, error: number, atMost: number, time: number): string[] {
  if (!(error <= atMost)) throw new Error(`${what}: expected an error of at most ${atMost}, found ${error}`)
  return [what, error.toExponential(1), `${time.toFixed(2)} ms`]
}
