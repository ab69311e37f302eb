import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
// Loads sharp here before a thread does: without it in the main thread its libraries go with the first thread that ends.
import '@tiny-face/image-stream'
import type { ImageFault, ImageSetup, ImageTask } from './image-task.js'

// The built one, also where a test runs the source: Node takes no TypeScript for a thread.
const threadPath = new URL('../../dist/workers/image-thread.js', import.meta.url)

/**
 * One on each processor, as the engine has: a step is as slow as the slowest of its threads, so what images take, all of them should lose
 * alike. More than eight feed no accelerator better.
 */
export const DATA_THREADS = Math.min(8, availableParallelism())

interface Waiting {
  readonly resolve: (faults: ImageFault[]) => void
  readonly reject: (error: unknown) => void
}

interface Thread {
  readonly worker: Worker
  readonly exited: Promise<unknown>
  /** In the order of the tasks it was given. */
  readonly waiting: Waiting[]
}

/** Threads that decode and augment images beside what computes. */
export class ImageThreadPool {
  readonly count: number
  readonly #threads: Thread[]
  #ended: unknown

  constructor(setup: ImageSetup, count = DATA_THREADS) {
    this.count = count
    this.#threads = Array.from({ length: count }, () => this.#start(setup))
  }

  /** Given to the thread that has least to do. `encoded` goes over to it: it is empty afterwards. */
  run(task: ImageTask): Promise<ImageFault[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const { worker, waiting } = this.#threads.reduce((least, thread) =>
      thread.waiting.length < least.waiting.length ? thread : least,
    )
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      worker.postMessage(task, [task.encoded.buffer as ArrayBuffer])
    })
  }

  /** Ends the threads, each after the task it is at; what they were still to do is never answered. */
  async close(): Promise<void> {
    this.#ended ??= new Error('the image threads are closed')
    for (const { worker } of this.#threads) worker.postMessage('close')
    await Promise.all(this.#threads.map(({ exited }) => exited))
  }

  #start(setup: ImageSetup): Thread {
    const worker = new Worker(threadPath, { workerData: setup })
    const waiting: Waiting[] = []
    worker.on('message', (answer: { faults: ImageFault[] } | { error: unknown }) => {
      const { resolve, reject } = waiting.shift()!
      if ('error' in answer) reject(answer.error)
      else resolve(answer.faults)
    })
    worker.on('error', error => {
      this.#ended ??= error
      for (const { reject } of waiting.splice(0)) reject(error)
    })
    return { worker, waiting, exited: new Promise(resolve => worker.once('exit', resolve)) }
  }
}
