import { openSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import {
  BLOCK_BYTES,
  BLOCKS,
  DONE,
  FAILED,
  FILLED,
  HEAD_WORDS,
  PHASE,
  STARTING,
  sharedBlocks,
} from './write-thread-memory.js'

// The built one, also where a test runs the source: Node takes no TypeScript for a thread.
const workerPath = new URL('../../dist/output/write-thread-worker.js', import.meta.url)
const STARTS_WITHIN_MS = 30_000

/**
 * Writes files on a thread of its own, and hashes what it writes there: the thread that reads and encodes waits for neither.
 * Synchronous for its caller. What fails on the thread is thrown by the next call.
 */
export class WriteThread {
  readonly #shared = sharedBlocks()
  readonly #paths = new Map<number, string>()
  /** Begun with the first bytes: until then nothing is lost on what stays small. */
  #thread: Worker | undefined
  #filled = 0

  /** Opens a file to be written here. */
  open(path: string): number {
    const fd = openSync(path, 'w')
    this.#paths.set(fd, path)
    return fd
  }

  /** Appends bytes to a file; they are copied. Waits while too many blocks are under way. */
  write(fd: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.byteLength; at += BLOCK_BYTES) {
      const part = bytes.subarray(at, at + BLOCK_BYTES)
      this.#block().set(part)
      this.#hand(fd, part.byteLength, 0)
    }
  }

  /** The SHA-256 of all that was written to the file, in hexadecimal; waits until it is written. */
  sha256(fd: number): string {
    const block = this.#block()
    this.#hand(fd, 0, 1)
    this.#wait(this.#filled)
    return Buffer.from(block.subarray(0, 32)).toString('hex')
  }

  /** Ends the thread, and waits until it writes no more: its files can be closed. */
  close(): void {
    if (this.#thread === undefined) return
    const { state } = this.#shared
    for (let done = Atomics.load(state, DONE); done < this.#filled; done = Atomics.load(state, DONE)) {
      if (Atomics.wait(state, DONE, done, STARTS_WITHIN_MS) === 'timed-out') break
    }
    this.#thread = undefined
    this.#hand(-1, 0, 0)
  }

  /** The next block to fill. */
  #block(): Uint8Array {
    this.#wait(this.#filled - BLOCKS + 1)
    return new Uint8Array(this.#shared.blocks, (this.#filled % BLOCKS) * BLOCK_BYTES, BLOCK_BYTES)
  }

  #hand(fd: number, length: number, isLast: number): void {
    const { heads, state } = this.#shared
    if (this.#thread === undefined && fd !== -1) this.#start()
    heads.set([fd, length, isLast], (this.#filled % BLOCKS) * HEAD_WORDS)
    this.#filled = Atomics.add(state, FILLED, 1) + 1
    Atomics.notify(state, FILLED)
  }

  #start(): void {
    // What the process itself was told to load (a TypeScript loader, say) the thread has no use for.
    this.#thread = new Worker(workerPath, { workerData: this.#shared, execArgv: [] })
    // A process that has nothing else to do ends, whether `close` was called or not.
    this.#thread.unref()
  }

  /** Waits until so many blocks are done. */
  #wait(count: number): void {
    const { state } = this.#shared
    for (;;) {
      const done = Atomics.load(state, DONE)
      const phase = Atomics.load(state, PHASE)
      if (phase === FAILED) throw this.#failure()
      if (done >= count) return
      const waited = Atomics.wait(state, DONE, done, phase === STARTING ? STARTS_WITHIN_MS : undefined)
      if (waited === 'timed-out' && Atomics.load(state, PHASE) === STARTING) throw new Error('no thread to write on')
    }
  }

  #failure(): Error {
    const text = Buffer.from(new Uint8Array(this.#shared.failure).slice()).toString('utf8').split('\0')[0]!
    const { fd, message, ...rest } = JSON.parse(text) as NodeJS.ErrnoException & { fd: number }
    return Object.assign(new Error(message), { ...rest, path: this.#paths.get(fd) })
  }
}
