/** What `WriteThread` and its thread share. */
export const BLOCK_BYTES = 1 << 20
/** So many blocks may wait to be written. */
export const BLOCKS = 8

/** Places in `state`: how many blocks were handed over, how many are done, and one of the phases below. */
export const FILLED = 0
export const DONE = 1
export const PHASE = 2

export const STARTING = 0
export const RUNNING = 1
export const FAILED = 2

/** Words of a block's head: file descriptor (-1 ends the thread), length, 1 where the file's hash is asked for instead. */
export const HEAD_WORDS = 3

export interface SharedBlocks {
  state: Int32Array
  heads: Int32Array
  blocks: SharedArrayBuffer
  /** JSON of what went wrong, ended by a zero byte. */
  failure: SharedArrayBuffer
}

const FAILURE_BYTES = 4096

export function sharedBlocks(): SharedBlocks {
  return {
    state: new Int32Array(new SharedArrayBuffer(3 * 4)),
    heads: new Int32Array(new SharedArrayBuffer(BLOCKS * HEAD_WORDS * 4)),
    blocks: new SharedArrayBuffer(BLOCKS * BLOCK_BYTES),
    failure: new SharedArrayBuffer(FAILURE_BYTES),
  }
}
