/** A zip archive (APPNOTE.TXT) by yauzl, which reads its list of files at the end and then each file where it lies. */
import { closeSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { fileKind, KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import type { Entry, ZipFile } from 'yauzl'
import { isImageName } from '../folder/image-names.js'
import type { ImageSource, SourceEntry } from './image-source.js'
import { isLeftover } from './system-leftovers.js'

/** Largest image that is unpacked, in bytes: a small archive can hold a huge file. */
export const MAX_ZIPPED_IMAGE = 2 ** 28

/** Longest name of a file, with its folders, in bytes: no system has longer ones. */
export const MAX_NAME_BYTES = 4096

export class ZipSource implements ImageSource {
  readonly name: string
  readonly #zip: ZipFile
  readonly #entries: ReadonlyMap<string, Entry>
  /** The folder in which all data are, with its `/`: archives are often made of a folder. */
  readonly #root: string

  private constructor(name: string, zip: ZipFile, entries: Map<string, Entry>) {
    this.name = name
    this.#zip = zip
    this.#entries = entries
    this.#root = commonRoot([...entries.keys()].filter(isData))
  }

  /** @throws DataError for what is no zip archive, or a damaged one */
  static async open(file: string): Promise<ZipSource> {
    // Loaded only for an archive: a folder needs none of it.
    const { openPromise } = await import('yauzl')
    try {
      const zip = await openPromise(file, { autoClose: false, strictFileNames: false })
      const entries = new Map<string, Entry>()
      for await (const entry of zip.eachEntry()) {
        expectShort(entry.fileName, file)
        entries.set(entry.fileName, entry)
      }
      return new ZipSource(file, zip, entries)
    } catch (error) {
      if (error instanceof DataError || (error as NodeJS.ErrnoException).code !== undefined) throw error
      const kind = fileKind(headOf(file)) ?? 'bytes that are no archive'
      const found = kind === 'a zip archive' ? 'a zip archive that is damaged or cut short' : kind
      throw new DataError({ file, expected: 'a folder or a zip archive', found, cause: error })
    }
  }

  *entries(): Generator<SourceEntry> {
    // A slash sorts before all that names are made of, so that a folder's files stand together.
    const keyed = [...this.#entries]
      .filter(([path]) => path.startsWith(this.#root) && path !== this.#root)
      .map(([path, entry]) => ({ path: path.slice(this.#root.length), entry }))
      .map(item => ({ ...item, key: Buffer.from(item.path.replaceAll('/', '\0')) }))
    const sorted = keyed.sort((a, b) => a.key.compare(b.key))
    for (const [i, { path, entry }] of sorted.entries()) {
      const parts = path.split('/').filter(part => part !== '')
      const leftover = parts.findIndex(isLeftover)
      if (leftover >= 0) yield { path: parts.slice(0, leftover + 1).join('/'), kind: 'leftover' }
      else if (!path.endsWith('/')) yield { path, kind: 'file', ...faultOf(entry) }
      else if (!sorted[i + 1]?.path.startsWith(path)) yield { path: parts.join('/'), kind: 'folder' }
    }
  }

  async read(path: string): Promise<Uint8Array> {
    const parts: Uint8Array[] = []
    let length = 0
    for await (const part of this.stream(path)) {
      length += part.length
      if (length > MAX_ZIPPED_IMAGE) {
        throw new DataError({
          file: `${this.name}/${path}`,
          expected: `at most ${MAX_ZIPPED_IMAGE} bytes`,
          found: 'more',
        })
      }
      parts.push(part)
    }
    return Buffer.concat(parts)
  }

  /** A file's bytes, part by part. */
  async *stream(path: string): AsyncGenerator<Uint8Array, void, undefined> {
    const entry = this.#entries.get(`${this.#root}${path}`)!
    const damaged = (found: string, cause?: unknown) =>
      new DataError({ file: `${this.name}/${path}`, expected: 'a whole file in the archive', found, cause })
    let checksum = 0
    const parts = await this.#zip.openReadStreamPromise(entry).catch((error: Error) => {
      throw damaged(error.message, error)
    })
    try {
      for await (const part of parts as AsyncIterable<Uint8Array>) {
        checksum = crc32(part, checksum)
        yield part
      }
    } catch (error) {
      throw damaged((error as Error).message, error)
    }
    if (checksum !== entry.crc32) throw damaged('one with another checksum')
  }

  close(): void {
    this.#zip.close()
  }
}

function faultOf(entry: Entry): { fault?: string } {
  if (entry.isEncrypted()) return { fault: 'an encrypted file' }
  return entry.canDecodeFileData()
    ? {}
    : { fault: `a file packed in a way that is not read (${entry.compressionMethod})` }
}

function expectShort(name: string, file: string): void {
  const length = Buffer.byteLength(name)
  if (length <= MAX_NAME_BYTES) return
  const found = `${length}: ${JSON.stringify(`${name.slice(0, 40)}…`)}`
  throw new DataError({ file, expected: `names of at most ${MAX_NAME_BYTES} bytes`, found })
}

/** Whether an archive may have been made for the sake of this file: images, also those that are not read, and RecordIO files. */
function isData(path: string): boolean {
  return (isImageName(path) || isRecordIO(path)) && !path.split('/').some(isLeftover)
}

/** Whether a file is one of RecordIO, by its name. */
export function isRecordIO(path: string): boolean {
  return /\.rec$/i.test(path)
}

/** The folder in which all images are that lie in a folder each, and all RecordIO files. */
function commonRoot(paths: string[]): string {
  let shared: string[] | undefined
  for (const path of paths) {
    const folders = path.split('/').slice(0, isRecordIO(path) ? -1 : -2)
    const differs = shared?.findIndex((folder, i) => folder !== folders[i]) ?? -1
    shared = differs < 0 ? (shared ?? folders) : shared!.slice(0, differs)
  }
  return (shared ?? []).map(part => `${part}/`).join('')
}

function headOf(file: string): Uint8Array {
  const fd = openSync(file, 'r')
  try {
    const head = new Uint8Array(KIND_BYTES)
    return head.subarray(0, readSync(fd, head))
  } finally {
    closeSync(fd)
  }
}
