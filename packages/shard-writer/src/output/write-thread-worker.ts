/** The thread of `WriteThread`: takes block after block from the shared memory, writes it and adds it to its file's hash. */
import { createHash, type Hash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import {
  BLOCK_BYTES,
  BLOCKS,
  DONE,
  FAILED,
  FILLED,
  HEAD_WORDS,
  PHASE,
  RUNNING,
  type SharedBlocks,
} from './write-thread-memory.js'

const { state, heads, blocks, failure } = workerData as SharedBlocks
const hashes = new Map<number, Hash>()
Atomics.store(state, PHASE, RUNNING)

for (let taken = 0; ; taken++) {
  while (Atomics.load(state, FILLED) === taken) Atomics.wait(state, FILLED, taken)
  const slot = taken % BLOCKS
  const [fd, length, isLast] = heads.subarray(slot * HEAD_WORDS, (slot + 1) * HEAD_WORDS) as unknown as [
    number,
    number,
    number,
  ]
  const block = new Uint8Array(blocks, slot * BLOCK_BYTES, length)
  if (fd === -1) break
  // After a failure nothing more is written.
  if (Atomics.load(state, PHASE) !== FAILED) take(slot, fd, block, isLast === 1)
  Atomics.add(state, DONE, 1)
  Atomics.notify(state, DONE)
}

function take(slot: number, fd: number, block: Uint8Array, isLast: boolean): void {
  try {
    const hash = hashes.get(fd) ?? createHash('sha256')
    if (isLast) {
      new Uint8Array(blocks, slot * BLOCK_BYTES, 32).set(hash.digest())
      hashes.delete(fd)
    } else {
      hashes.set(fd, hash.update(block))
      for (let at = 0; at < block.length; ) at += writeSync(fd, block, at)
    }
  } catch (error) {
    const { message, code, errno, syscall } = error as NodeJS.ErrnoException
    new TextEncoder().encodeInto(JSON.stringify({ fd, message, code, errno, syscall }), new Uint8Array(failure))
    Atomics.store(state, PHASE, FAILED)
  }
}
