import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { DataError } from './data-error.js'
import { writeAll } from './fd.js'
import { isRunning } from './process-mark.js'

const open = new Set<AtomicFile>()

/**
 * An output file that carries its final name only when it is whole: written as `NAME.PID.partial` beside it, renamed on
 * commit. What dead processes left behind under such a name is swept when the same file is opened again.
 *
 * @throws DataError where the file exists and `force` was not asked for, or is a folder or a device
 */
export class AtomicFile {
  readonly path: string
  readonly fd: number
  readonly #temporary: string
  #open = true

  constructor(path: string, { force = false }: { force?: boolean } = {}) {
    this.path = path
    const old = statSync(path, { throwIfNoEntry: false })
    if (old !== undefined && !force) throw new DataError({ file: path, message: 'exists already; --force replaces it' })
    if (old?.isFile() === false)
      throw new DataError({
        file: path,
        expected: 'a file to replace',
        found: old.isDirectory() ? 'a folder' : 'a device',
      })
    sweepPartials(path)
    this.#temporary = `${path}.${process.pid}.partial`
    this.fd = openSync(this.#temporary, 'w+')
    open.add(this)
  }

  /** @throws Error of the system that names the file: a full disk, say */
  write(bytes: Uint8Array): void {
    try {
      writeAll(this.fd, bytes)
    } catch (error) {
      throw Object.assign(error as Error, { path: this.path })
    }
  }

  /** Makes the file safe on disk and gives it its name. */
  commit(): void {
    fsyncSync(this.fd)
    this.#close()
    renameSync(this.#temporary, this.path)
  }

  /** Leaves nothing behind; does nothing after a commit. */
  abort(): void {
    if (!this.#open) return
    this.#close()
    rmSync(this.#temporary, { force: true })
  }

  #close(): void {
    this.#open = false
    open.delete(this)
    closeSync(this.fd)
  }
}

/** Removes every output that was begun and not committed: what a command does when it fails. */
export function abortOpenFiles(): void {
  for (const file of [...open]) file.abort()
}

/** Removes the temporaries of `path` whose process is gone. */
function sweepPartials(path: string): void {
  const folder = dirname(path)
  const prefix = `${basename(path)}.`
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue
    const pid = /^(\d+)\.partial$/.exec(name.slice(prefix.length))?.[1]
    if (pid !== undefined && !isRunning({ host: hostname(), pid: Number(pid) }))
      rmSync(join(folder, name), { force: true })
  }
}
