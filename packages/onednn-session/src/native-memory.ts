/** Memory outside JavaScript's heap, whose addresses C may keep. */

import type { Address } from './library.js'
import { koffi } from './load-koffi.js'

const PROT_READ_WRITE = 3
/** Private, anonymous, and every page there at once: the first step is then no slower than the next. The values on Linux. */
const MAP_FLAGS = 0x02 | 0x20 | 0x8000
const MAP_FAILED = 0xffff_ffff_ffff_ffffn

let libc: { mmap: (...args: unknown[]) => Address; munmap: (...args: unknown[]) => number } | undefined

function functions() {
  const library = koffi().load(null)
  libc ??= {
    mmap: library.func('void *mmap(void *at, size_t length, int protection, int flags, int fd, int64_t offset)'),
    munmap: library.func('int munmap(void *at, size_t length)'),
  }
  return libc
}

/** A stretch of memory, filled with zeros at first, that lies on a page's boundary. */
export class NativeMemory {
  readonly address: Address
  readonly bytes: number

  /** @throws RangeError where the machine has not so much */
  constructor(bytes: number) {
    this.bytes = Math.max(1, bytes)
    this.address = BigInt(functions().mmap(null, this.bytes, PROT_READ_WRITE, MAP_FLAGS, -1, 0))
    if (BigInt.asUintN(64, this.address) === MAP_FAILED || this.address === 0n)
      throw new RangeError(`${bytes} bytes of memory are not to be had`)
  }

  /** A part of it as an ArrayBuffer, which must not be used after `free`. */
  view(offset: number, bytes: number): ArrayBuffer {
    return koffi().view(this.address + BigInt(offset), bytes)
  }

  free(): void {
    functions().munmap(this.address, this.bytes)
  }
}
