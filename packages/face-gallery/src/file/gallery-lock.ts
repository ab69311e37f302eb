import { closeSync, linkSync, openSync, readFileSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DataError, isRunning, ownMark, type ProcessMark } from '@tiny-face/safe-files'
import { followLink } from './follow-link.js'

/** Locks that this process holds. */
const held = new Set<string>()

/**
 * The right to write a gallery, as the file `NAME.lock` beside it, in which the program that has it says who it is. What a program left
 * that is gone is taken over; of a program on another machine that cannot be told.
 */
export class GalleryLock {
  readonly #gallery: string
  readonly #path: string
  readonly #mark = JSON.stringify({ ...ownMark(), since: Date.now() })

  /** @throws DataError where another program, or another part of this one, has it */
  constructor(gallery: string) {
    this.#gallery = gallery
    // One gallery by two names is one.
    const file = followLink(gallery)
    this.#path = `${join(realpathSync(dirname(file)), basename(file))}.lock`
    if (!this.#create()) {
      this.#removeStale()
      if (!this.#create()) throw this.#taken()
    }
    held.add(this.#path)
  }

  /** @throws DataError where someone removed the lock, or has another in its place */
  mustBeHeld(): void {
    if (read(this.#path) !== this.#mark)
      throw new DataError({ file: this.#gallery, message: 'another program took the lock of it; nothing was written' })
  }

  release(): void {
    held.delete(this.#path)
    if (read(this.#path) === this.#mark) rmSync(this.#path, { force: true })
  }

  #create(): boolean {
    try {
      const fd = openSync(this.#path, 'wx')
      writeSync(fd, this.#mark)
      closeSync(fd)
      return true
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
      throw error
    }
  }

  /** Takes away what a program left that is gone. */
  #removeStale(): void {
    if (held.has(this.#path) || !isStale(read(this.#path))) throw this.#taken()
    const aside = `${this.#path}.${process.pid}`
    try {
      renameSync(this.#path, aside)
    } catch {
      // Somebody else did.
      return
    }
    // Between the look and the move another program may have been faster, and it has the lock now: what was moved is its own.
    if (!isStale(read(aside))) linkSync(aside, this.#path)
    rmSync(aside)
  }

  #taken(): DataError {
    const { pid, host } = markOf(read(this.#path)) ?? {}
    const who = pid === undefined ? 'another program' : `process ${pid} of ${host}`
    const message = `is being written by ${who}; if it is not, remove ${this.#path}`
    return new DataError({ file: this.#gallery, message })
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Whether a lock is a process's that ran on this machine and is gone. */
function isStale(text: string | undefined): boolean {
  const mark = markOf(text)
  return mark !== undefined && mark.host === hostname() && !isRunning(mark)
}

function markOf(text: string | undefined): ProcessMark | undefined {
  try {
    const { host, pid, started } = JSON.parse(text!)
    return typeof host === 'string' && Number.isSafeInteger(pid) ? { host, pid, started } : undefined
  } catch {
    return undefined
  }
}
