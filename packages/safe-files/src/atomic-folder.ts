import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { hostname } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import { DataError } from './data-error.js'
import { isRunning } from './process-mark.js'

/**
 * An output folder that carries its name only when it is whole: made as `NAME.PID.partial` beside it, renamed on commit. What
 * dead processes left behind under such a name is swept when the same folder is made again.
 */
export class AtomicFolder {
  readonly path: string
  /** Where its files go until the commit. */
  readonly temporary: string

  /** @throws DataError where it exists and `force` was not asked for */
  constructor(path: string, { force = false }: { force?: boolean } = {}) {
    this.path = resolve(path)
    sweepPartials(this.path)
    if (existsSync(this.path) && !force) {
      throw new DataError({ file: path, message: 'exists already; --force replaces it' })
    }
    this.temporary = `${this.path}.${process.pid}.partial`
    mkdirSync(this.temporary)
  }

  /** Gives the folder its name; one that it replaces is gone after. */
  commit(): void {
    const replaced = `${this.path}.${process.pid}.replaced.partial`
    if (existsSync(this.path)) renameSync(this.path, replaced)
    renameSync(this.temporary, this.path)
    rmSync(replaced, { recursive: true, force: true })
  }

  /** Leaves nothing behind; does nothing after a commit. */
  abort(): void {
    rmSync(this.temporary, { recursive: true, force: true })
  }
}

/** Removes the temporaries of `path` whose process is gone; what one died replacing gets its name back. */
function sweepPartials(path: string): void {
  const prefix = `${basename(path)}.`
  for (const name of readdirSync(dirname(path))) {
    if (!name.startsWith(prefix)) continue
    const [, pid, replaced] = /^(\d+)(\.replaced)?\.partial$/.exec(name.slice(prefix.length)) ?? []
    if (pid === undefined || isRunning({ host: hostname(), pid: Number(pid) })) continue
    const left = join(dirname(path), name)
    if (replaced !== undefined && !existsSync(path)) renameSync(left, path)
    else rmSync(left, { recursive: true, force: true })
  }
}
