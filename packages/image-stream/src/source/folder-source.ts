import { type Dirent, readdirSync, type Stats, statSync } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import type { ImageSource, SourceEntry } from './image-source.js'
import { isLeftover } from './system-leftovers.js'

/**
 * The files in a folder. Links are followed to files, and from the folder itself to other folders; below, a link to a folder is not, for
 * it may lead in a circle.
 */
export class FolderSource implements ImageSource {
  readonly name: string

  constructor(folder: string) {
    this.name = folder
  }

  entries(): Iterable<SourceEntry> {
    return entriesIn(this.name, '', entriesOf(this.name))
  }

  async read(path: string): Promise<Uint8Array> {
    const file = join(this.name, path)
    try {
      // A list may name what entries() told to be no file.
      if (!(await stat(file)).isFile()) throw new DataError({ file, expected: 'an image', found: NO_FILE })
      return await readFile(file)
    } catch (error) {
      if (error instanceof DataError) throw error
      throw new DataError({ file, message: systemFault(error), cause: error })
    }
  }

  close(): void {}
}

function* entriesIn(folder: string, prefix: string, entries: Dirent<Buffer>[]): Generator<SourceEntry> {
  for (const entry of entries) {
    const name = decodedName(entry.name)
    // A name that is no text cannot be a path in the stream, or a file on every system.
    if (name === undefined) {
      const shown = entry.name.toString('latin1').replace(/[^ -~]/g, escaped)
      yield { path: `${prefix}${shown}`, kind: 'file', fault: 'a name that is no UTF-8' }
      continue
    }
    const path = `${prefix}${name}`
    if (isLeftover(name)) yield { path, kind: 'leftover' }
    else yield* entriesAt(folder, path, entry)
  }
}

/** Of a pipe, a socket or a device, whose bytes may never come. */
const NO_FILE = 'no regular file'

function* entriesAt(folder: string, path: string, entry: Dirent<Buffer>): Generator<SourceEntry> {
  let target: Dirent<Buffer> | Stats = entry
  if (entry.isSymbolicLink()) {
    try {
      target = statSync(join(folder, path))
    } catch {
      yield { path, kind: 'file', fault: 'a link that leads nowhere' }
      return
    }
    if (target.isDirectory() && path.includes('/')) return yield { path, kind: 'folder' }
  }
  if (target.isFile()) return yield { path, kind: 'file' }
  if (!target.isDirectory()) return yield { path, kind: 'file', fault: NO_FILE }
  let inside: Dirent<Buffer>[]
  try {
    inside = entriesOf(join(folder, path))
  } catch (error) {
    return yield { path, kind: 'folder', fault: systemFault(error) }
  }
  if (inside.length === 0) yield { path, kind: 'folder' }
  else yield* entriesIn(folder, `${path}/`, inside)
}

/** What is in a folder, sorted by name. */
function entriesOf(folder: string): Dirent<Buffer>[] {
  return readdirSync(folder, { withFileTypes: true, encoding: 'buffer' }).sort((a, b) => a.name.compare(b.name))
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decodedName(name: Buffer): string | undefined {
  try {
    return utf8.decode(name)
  } catch {
    return undefined
  }
}

function escaped(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** `no such file or directory` out of `ENOENT: no such file or directory, open 'x'`. */
function systemFault(error: unknown): string {
  return (error as Error).message.replace(/^E\w+: /, '').replace(/, \w+( '.*')?$/s, '')
}
