import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
// Loads sharp here before a thread does: without it in the main thread its libraries go with the first thread that ends.
import '@tiny-face/image-stream'
import type { DataMap } from '@tiny-face/record-stream'
import type { ExaminedPicture } from './examine-picture.js'
import type { Answer } from './picture-thread.js'

/** One on each processor; more than sixteen examine more than one can read. */
export const PICTURE_THREADS = Math.min(16, availableParallelism())

// The built one, also where a test runs the source: Node takes no TypeScript for a thread.
const threadPath = new URL('../dist/picture-thread.js', import.meta.url)

interface Waiting {
  readonly resolve: (pictures: ExaminedPicture[]) => void
  readonly reject: (error: unknown) => void
}

interface Thread {
  readonly worker: Worker
  /** In the order of the tasks it was given. */
  readonly waiting: Waiting[]
}

/** Threads that examine pictures, each started when all before it are at work. */
export class PictureThreads {
  readonly count: number
  readonly #threads: Thread[] = []
  #ended: unknown

  constructor(count: number) {
    this.count = count
  }

  /** What examinePicture says of each record. The images, of which each has its own memory, go over to a thread and come back as `bytes`. */
  examine(records: readonly DataMap[]): Promise<ExaminedPicture[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const { worker, waiting } = this.#leastBusy()
    return new Promise((resolve, reject) => {
      waiting.push({ resolve, reject })
      const images = records.flatMap(({ image }) => image ?? [])
      worker.postMessage(
        records,
        images.map(({ buffer }) => buffer as ArrayBuffer),
      )
    })
  }

  /** Ends the threads; what they were still to do is never answered. */
  async close(): Promise<void> {
    this.#ended ??= new Error('the picture threads are closed')
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()))
  }

  #leastBusy(): Thread {
    const least = this.#threads.reduce<Thread | undefined>(
      (least, thread) => (least === undefined || thread.waiting.length < least.waiting.length ? thread : least),
      undefined,
    )
    if (least === undefined || (least.waiting.length > 0 && this.#threads.length < this.count)) return this.#start()
    return least
  }

  #start(): Thread {
    const worker = new Worker(threadPath)
    const thread: Thread = { worker, waiting: [] }
    worker.on('message', (answer: Answer) => {
      const { resolve, reject } = thread.waiting.shift()!
      if ('error' in answer) reject(answer.error)
      else resolve(answer.pictures)
    })
    worker.on('error', error => {
      this.#ended ??= error
      for (const { reject } of thread.waiting.splice(0)) reject(error)
    })
    this.#threads.push(thread)
    return thread
  }
}
