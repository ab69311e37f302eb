/**
 * What a write keeps while it goes on, and what a killed one leaves for `--resume`. No reader takes any of it for output.
 *
 *     DIR/write.partial/journal.json                           what is done; replaced by rename, never written in place
 *     DIR/write.partial/train-00000-of-00004.tfrecord.partial  … shards; whole if the journal lists them
 *     TMP/write-ID.partial/bucket-00                           … records of a shuffle; TMP is DIR/write.partial by default
 *
 * A file is safe on disk before the journal says so, and is removed only after the journal no longer needs it.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { say } from '@tiny-face/command-shell'
import type { KeptShuffle } from '@tiny-face/global-shuffle'
import { DataError, isRunning, ownMark, type ProcessMark, writeWholeFile } from '@tiny-face/safe-files'
import { manifestPath, type Shard } from './manifest.js'
import type { Totals } from './record-intake.js'
import type { WriteTask } from './shard-format.js'

const PARTIAL = 'write.partial'
const JOURNAL_VERSION = 1

export interface JournalEntries {
  version: typeof JOURNAL_VERSION
  task: WriteTask
  /** Who writes. */
  process: ProcessMark
  /** Where the buckets of a shuffle are: a folder of a name made of `id`, in this one or else beside the journal. */
  scatter: { folder?: string | undefined; id: string }
  /** Whether it may replace what the folder holds. */
  force: boolean
  /** The records taken from the input so far, or all. */
  input?: (Totals & { checksum: number; ended: boolean }) | undefined
  /** Those of them that lie in buckets. */
  kept?: KeptShuffle | undefined
  /** The finished shards. */
  shards: Shard[]
}

export interface WriteJournalOptions {
  folder: string
  task: WriteTask
  /** The final names of the shards. */
  names: readonly string[]
  tmp?: string | undefined
  resume?: boolean | undefined
  force?: boolean | undefined
}

export class WriteJournal {
  /** Where shards and journal are. */
  readonly partial: string
  #entries: JournalEntries

  /**
   * Claims a folder for writing: goes on from what a dead process has left there, where that is asked for and there is
   * something, or sweeps it and begins anew.
   *
   * @throws DataError where the folder is a file, holds a set already, is being written by another process, or was to be
   *   written from something else
   */
  constructor({ folder, task, names, tmp, resume = false, force = false }: WriteJournalOptions) {
    this.partial = join(folder, PARTIAL)
    if (existsSync(folder) && !statSync(folder).isDirectory()) {
      throw new DataError({ file: folder, expected: 'a folder', found: 'a file' })
    }
    const left = readJournal(this.partial)
    if (left !== undefined && isRunning(left.process)) {
      const { pid } = left.process
      throw new DataError({
        file: folder,
        message: `is being written by process ${pid}; if it is not, remove ${this.partial}`,
      })
    }
    const resumed = resume ? left : undefined
    if (resumed !== undefined) checkJournal(this.partial, resumed, task, names)
    if (resumed === undefined || resumed.shards.length < names.length) {
      if (!force && !resumed?.force) refuseExisting(folder, names)
    }
    const process = ownMark()
    if (resumed !== undefined) {
      say(`${folder}: resumes; ${progressOf(resumed)}`)
      this.#entries = { ...resumed, process, force: force || resumed.force }
      // Buckets that the journal does not know of yet are begun again.
      if (resumed.kept === undefined) rmSync(this.scatter, { recursive: true, force: true })
      this.record({})
      return
    }
    makeFolder(folder)
    sweep(this.partial, left)
    mkdirSync(this.partial)
    const scatter = { folder: tmp === undefined ? undefined : resolve(tmp), id: randomUUID() }
    this.#entries = { version: JOURNAL_VERSION, task, process, scatter, force, shards: [] }
    this.record({})
  }

  get entries(): Readonly<JournalEntries> {
    return this.#entries
  }

  /** The folder of the shuffle's buckets; not there before it is needed. */
  get scatter(): string {
    return scatterPath(this.partial, this.#entries.scatter)
  }

  /** Notes what is done: all of it, or, after a kill in between, nothing of it. */
  record(done: Partial<Pick<JournalEntries, 'input' | 'kept' | 'shards'>>): void {
    this.#entries = { ...this.#entries, ...done }
    writeWholeFile(join(this.partial, 'journal.json'), JSON.stringify(this.#entries))
  }

  /** After a failure: leaves what a resumed run can use, if there is anything, or else nothing. */
  abandon(): void {
    const { kept, shards } = this.#entries
    if (kept === undefined && shards.length === 0) this.remove()
    else say(`keeps what is done for --resume: ${progressOf(this.#entries)}`)
  }

  remove(): void {
    sweep(this.partial, this.#entries)
  }
}

/** Step by step: where Node makes all at once, it says of a read-only file system that there is no such folder. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(resolve(folder)))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another part's task was as quick.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}

/** Whether a write of the folder was begun that has not come to its end. */
export function isUnfinished(folder: string): boolean {
  return readJournal(join(folder, PARTIAL)) !== undefined
}

function refuseExisting(folder: string, names: readonly string[]): void {
  if (existsSync(manifestPath(folder))) {
    throw new DataError({
      file: folder,
      message: 'holds a manifest.json already; --force replaces the shards it names',
    })
  }
  const there = names.find(name => existsSync(join(folder, name)))
  if (there !== undefined) {
    throw new DataError({ file: join(folder, there), message: 'exists already; --force replaces it' })
  }
}

function checkJournal(
  file: string,
  { task: before, shards }: JournalEntries,
  now: WriteTask,
  names: readonly string[],
): void {
  for (const what of Object.keys(now)) {
    if (before[what] === now[what]) continue
    const asText = (task: WriteTask) => `${what} ${task[what] ?? '(none)'}`
    throw new DataError({
      file,
      expected: `${asText(before)}, as in the run to resume`,
      found: `${asText(now)}; without --resume all is written anew`,
    })
  }
  // Shards are renamed to these: a name that leads elsewhere is an attack.
  for (const [index, { name }] of shards.entries()) {
    if (name !== names[index]) throw new DataError({ file, expected: `a journal of ${names[index]}`, found: name })
  }
}

function progressOf({ input, kept, shards }: JournalEntries): string {
  if (shards.length > 0) return `${shards.length} ${shards.length === 1 ? 'shard is' : 'shards are'} finished`
  if (kept === undefined) return 'nothing is finished'
  return input?.ended ? `all ${kept.count} records are on disk` : `the first ${kept.count} records are on disk`
}

/** @returns undefined where there is none, or the process died before it had written one */
function readJournal(partial: string): JournalEntries | undefined {
  try {
    const journal = JSON.parse(readFileSync(join(partial, 'journal.json'), 'utf8')) as JournalEntries
    // Written by our own hands and whole, for it was renamed; but a folder may come from elsewhere.
    const { version, task, process, scatter, shards } = journal
    const isOurs =
      version === JOURNAL_VERSION &&
      /^[0-9a-f-]{36}$/.test(scatter.id) &&
      [task, process].every(part => typeof part === 'object' && part !== null) &&
      Array.isArray(shards)
    return isOurs ? journal : undefined
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return undefined
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

/** The buckets first: the journal knows where they are. */
function sweep(partial: string, journal: JournalEntries | undefined): void {
  if (journal !== undefined) rmSync(scatterPath(partial, journal.scatter), { recursive: true, force: true })
  rmSync(partial, { recursive: true, force: true })
}

function scatterPath(partial: string, { folder = partial, id }: JournalEntries['scatter']): string {
  return join(folder, `write-${id}.partial`)
}
