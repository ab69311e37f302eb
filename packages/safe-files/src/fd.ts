import { readSync, writeSync } from 'node:fs'

const WAIT_MS = 1
const waiting = new Int32Array(new SharedArrayBuffer(4))

/**
 * Reads up to `length` bytes and returns how many came: 0 is the end of the file. A descriptor that another process made
 * non-blocking is waited for.
 */
export function readChunk(fd: number, buffer: Uint8Array, offset = 0, length = buffer.byteLength - offset): number {
  for (;;) {
    try {
      return readSync(fd, buffer, offset, length, null)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EOF') return 0
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error
      Atomics.wait(waiting, 0, 0, WAIT_MS)
    }
  }
}

/** Writes all bytes; a full non-blocking pipe is waited for. */
export function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0
  while (written < bytes.byteLength) {
    try {
      written += writeSync(fd, bytes, written, bytes.byteLength - written)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error
      Atomics.wait(waiting, 0, 0, WAIT_MS)
    }
  }
}
