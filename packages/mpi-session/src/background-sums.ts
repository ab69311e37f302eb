/**
 * Sums that a thread of its own computes while the rank goes on: gradients of the last layers travel while those of the first are
 * still computed (Li et al. 2020, "PyTorch Distributed", section 3.2). The thread has a communicator of its own, so that its calls and the
 * rank's do not mix, and sleeps between its looks at the network, so that it takes no processor from the rank.
 */
import { Worker } from 'node:worker_threads'
import type { WireType } from './sum-over-ranks.js'

/** Numbers in memory outside JavaScript's, which stays where it is. */
export interface Stretch {
  readonly address: bigint
  /** Of float32s. */
  readonly length: number
}

/** Sums of stretches that are always the same, in always the same order, which is that of all ranks. */
export interface BackgroundSums {
  /** The next stretch may be summed; it is to be left alone until `finish`. */
  begin(): void
  /** Waits until all that were begun are summed. */
  finish(): void
  /** Ends the thread. */
  close(): void
}

/** What the thread is started with. */
export interface SumSetup {
  readonly stretches: readonly Stretch[]
  readonly wire: WireType
  readonly ranks: number
  readonly communicator: bigint
  readonly state: Int32Array
}

/** Places in the state that rank and thread share: how many stretches were begun, and summed; and what is to end the thread, or did. */
export const [BEGUN, SUMMED, CLOSING, BROKEN] = [0, 1, 2, 3] as const

// The built one, also where a test runs the source: Node takes no TypeScript for a thread.
const threadPath = new URL('../dist/sum-thread.js', import.meta.url)

export function startBackgroundSums(setup: Omit<SumSetup, 'state'>): BackgroundSums {
  const state = new Int32Array(new SharedArrayBuffer(16))
  // Unreferenced: a process that ends does not wait for it.
  new Worker(threadPath, { workerData: { ...setup, state } satisfies SumSetup }).unref()
  return {
    begin() {
      Atomics.add(state, BEGUN, 1)
      Atomics.notify(state, BEGUN)
    },
    finish() {
      for (;;) {
        const summed = Atomics.load(state, SUMMED)
        if (Atomics.load(state, BROKEN) !== 0) throw new Error('internal: the thread that sums has ended')
        if (summed === Atomics.load(state, BEGUN)) return
        Atomics.wait(state, SUMMED, summed)
      }
    },
    close() {
      Atomics.store(state, CLOSING, 1)
      // Whether it waits for a stretch or has one in hand: a change of what it waits for.
      Atomics.add(state, BEGUN, 1)
      Atomics.notify(state, BEGUN)
    },
  }
}
