/** What all ranks have to know of each other between two steps. */
import type { Job } from '@tiny-face/mpi-session'

/** From what all go on with to what ends the run, the later before the earlier. */
const OUTCOMES = ['on', 'stop', 'fault'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** The gravest of what the ranks have come to, for all of them. */
export function agreedOutcome(job: Job, own: Outcome): Outcome {
  const gravest = Float32Array.of(OUTCOMES.indexOf(own))
  job.allReduce(gravest, 'max')
  return OUTCOMES[gravest[0]!]!
}

/** What the first rank computes, for all: plain JSON. */
export async function fromFirstRank<T extends object>(job: Job, compute: () => Promise<T> | T): Promise<T> {
  const own = job.rank === 0 ? await compute() : undefined
  if (job.ranks === 1) return own!
  const [said] = job.exchange(Buffer.from(own === undefined ? '' : JSON.stringify(own)))
  return own ?? (JSON.parse(Buffer.from(said!).toString()) as T)
}

/** Waits until all ranks are here. */
export function meet(job: Job): void {
  job.exchange(new Uint8Array())
}

/**
 * Does on all ranks what may fail on some, or on all alike.
 *
 * @throws the error of the first rank that has one, there; OtherRanksFault on all others
 */
export async function together<T>(job: Job, work: () => Promise<T> | T): Promise<T> {
  let [result, fault]: [T | undefined, unknown] = [undefined, undefined]
  let failed = false
  try {
    result = await work()
  } catch (error) {
    fault = error
    failed = true
  }
  const first = job.exchange(Uint8Array.of(Number(failed))).findIndex(([code]) => code === 1)
  if (first === -1) return result as T
  throw first === job.rank ? fault : new OtherRanksFault()
}

/** A fault that all ranks have alike, or that another has: the first, or that one, says what it is. */
export class OtherRanksFault extends Error {}
