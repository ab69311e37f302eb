import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { endianness } from 'node:os'
import { flag, list, object, optional, parseJson, text, whole } from '@tiny-face/checked-json'
import { DataError, readChunk } from '@tiny-face/safe-files'
import { MAX_FACES } from '../enrol/enrol.js'
import { MAX_NAME_BYTES, personName } from '../enrol/person-name.js'
import { type Gallery, slabFaces } from '../gallery.js'
import {
  bytesOf,
  FIXED_BYTES,
  HASH_BYTES,
  MAGIC,
  MAX_EMBEDDING_SIZE,
  MAX_HEADER_BYTES,
  MAX_ID_BYTES,
  padding,
  VERSION,
} from './gallery-layout.js'

const HEADER = object({
  faces: whole(0),
  size: whole(1),
  flip: flag,
  model: optional(object({ name: text, sha256: text, preprocess: text })),
  names: list(text),
  id_bytes: whole(0),
})

/**
 * Reads a gallery, all of it, and compares its hash.
 *
 * @throws DataError where the file is not a whole and sound gallery
 */
export function readGallery(path: string): Gallery {
  const reader = new GalleryReader(path)
  try {
    return reader.whole(reader.columns())
  } finally {
    reader.close()
  }
}

/** A gallery without its templates, which stay in the file. */
export interface GalleryColumns {
  /** Its slabs are empty. */
  gallery: Gallery
  /** SHA-256 of all before the templates, in hexadecimal. */
  columnsHash: string
  /** The hash at the end of the file, which is of the templates too, as it says. */
  hash: string
  /** Reads some templates `[size]`. */
  templatesOf(faces: readonly number[]): Float32Array[]
  close(): void
}

/**
 * Reads all of a gallery but its templates. The hash of all is not compared: who knows the two hashes has read it before.
 *
 * @throws DataError where the file is no gallery; from `templatesOf` where a template is not of length 1
 */
export function openColumns(path: string): GalleryColumns {
  const reader = new GalleryReader(path)
  try {
    return reader.openColumns()
  } catch (error) {
    reader.close()
    throw error
  }
}

class GalleryReader {
  readonly #path: string
  readonly #fd: number
  readonly #hash: Hash = createHash('sha256')
  #offset = 0

  constructor(path: string) {
    if (endianness() !== 'LE') throw new DataError({ file: path, message: 'is read on little-endian machines only' })
    this.#path = path
    this.#fd = openSync(path, 'r')
  }

  close(): void {
    closeSync(this.#fd)
  }

  /** All before the templates. */
  columns(): Gallery {
    const stat = fstatSync(this.#fd)
    if (!stat.isFile()) throw this.#wrong('a gallery', 'no file')
    const fixed = this.#take(Buffer.alloc(FIXED_BYTES))
    const magic = fixed.toString('latin1', 0, MAGIC.length)
    if (magic !== MAGIC) throw this.#wrong('a gallery that face-identify wrote', 'another kind of file')
    const version = fixed.readUInt32LE(8)
    if (version !== VERSION) throw this.#wrong(`version ${VERSION} of a gallery`, `version ${version}`)
    const headerBytes = fixed.readUInt32LE(12)
    if (headerBytes > Math.min(MAX_HEADER_BYTES, stat.size))
      throw this.#wrong(`a header of at most ${Math.min(MAX_HEADER_BYTES, stat.size)} bytes`, `${headerBytes}`)
    const json = this.#text(this.#take(Buffer.alloc(headerBytes)))
    const { faces, size, flip, model, names, id_bytes } = parseJson(json, HEADER, { file: this.#path })
    for (const [what, found, most] of [
      ['faces', faces, MAX_FACES],
      ['numbers in an embedding', size, MAX_EMBEDDING_SIZE],
      ['bytes of ids', id_bytes, MAX_ID_BYTES],
    ] as const)
      if (found > most) throw this.#wrong(`at most ${most} ${what}`, `${found}`)
    const sections = [FIXED_BYTES + headerBytes, 4 * faces, 8 * faces, 4 * faces, id_bytes, 4 * faces * size]
    const bytes = sections.reduce((sum, length) => sum + length + padding(length), HASH_BYTES)
    if (bytes !== stat.size) throw this.#wrong(`a file of ${bytes} bytes for ${faces} faces`, `${stat.size}`)

    this.#skip(FIXED_BYTES + headerBytes)
    const people = this.#numbers(new Uint32Array(faces))
    const enrolled = this.#numbers(new Float64Array(faces))
    const ends = this.#numbers(new Uint32Array(faces))
    const ids = this.#numbers(Buffer.alloc(id_bytes))
    const gallery = { size, flip, model, length: faces, names, people, enrolled, ids: this.#ids(ids, ends), slabs: [] }
    this.#check(gallery)
    return gallery
  }

  /** The templates as well. */
  whole(columns: Gallery): Gallery {
    const { length, size } = columns
    const slabs: Float32Array[] = []
    for (let row = 0; row < length; row += slabFaces(size))
      slabs.push(this.#take(new Float32Array(Math.min(slabFaces(size), length - row) * size)))
    this.#skip(4 * length * size)
    const hash = this.#hash.digest()
    if (!hash.equals(this.#fill(Buffer.alloc(HASH_BYTES))))
      throw new DataError({
        file: this.#path,
        expected: 'the SHA-256 at its end',
        found: 'another: the file is damaged',
      })
    for (const slab of slabs) for (let at = 0; at < slab.length; at += size) this.#mustBeTemplate(slab, at, size)
    return { ...columns, slabs }
  }

  openColumns(): GalleryColumns {
    const gallery = this.columns()
    const start = this.#offset
    const { size, length } = gallery
    const columnsHash = this.#hash.copy().digest('hex')
    const end = Buffer.alloc(HASH_BYTES)
    const bytes = 4 * length * size
    readSync(this.#fd, end, 0, HASH_BYTES, start + bytes + padding(bytes))
    const templateOf = (face: number) => {
      const values = new Float32Array(size)
      readSync(this.#fd, bytesOf(values), 0, values.byteLength, start + 4 * face * size)
      this.#mustBeTemplate(values, 0, size)
      return values
    }
    return {
      gallery,
      columnsHash,
      hash: end.toString('hex'),
      templatesOf: faces => faces.map(templateOf),
      close: () => this.close(),
    }
  }

  #ids(text: Buffer, ends: Uint32Array): string[] {
    const ids: string[] = []
    let start = 0
    for (const end of ends) {
      if (end < start || end - start > MAX_NAME_BYTES || end > text.length)
        throw this.#wrong(`ids of at most ${MAX_NAME_BYTES} bytes, one behind the other`, 'others')
      ids.push(this.#text(text.subarray(start, end)))
      start = end
    }
    if (start !== text.length) throw this.#wrong(`${text.length} bytes of ids`, `${start}`)
    return ids
  }

  /** What a hash cannot tell: whether a file that is as it was written was written well. */
  #check({ names, people, enrolled }: Gallery): void {
    const seen = new Uint8Array(names.length)
    for (const person of people) {
      if (person >= names.length) throw this.#wrong(`a person below ${names.length}`, `${person}`)
      seen[person] = 1
    }
    if (seen.includes(0)) throw this.#wrong('a face of every person', 'a person without')
    for (const name of names)
      if (!isPersonName(name)) throw this.#wrong('names of people', JSON.stringify(name.slice(0, 60)))
    if (new Set(names).size < names.length) throw this.#wrong('names of which each is there once', 'one twice')
    if (!enrolled.every(date => Math.abs(date) <= MAX_DATE)) throw this.#wrong('dates of enrolment', 'no date')
  }

  #mustBeTemplate(values: Float32Array, at: number, size: number): void {
    if (!isOfLengthOne(values, at, size)) throw this.#wrong('templates of length 1', 'another')
  }

  #text(bytes: Uint8Array): string {
    try {
      return utf8.decode(bytes)
    } catch {
      throw this.#wrong('text in UTF-8', 'other bytes')
    }
  }

  /** A section of its own. */
  #numbers<T extends Uint8Array | Uint32Array | Float64Array>(values: T): T {
    this.#take(values)
    this.#skip(values.byteLength)
    return values
  }

  /** Fills the memory of an array with what comes next, which is part of what the hash is of. */
  #take<T extends ArrayBufferView>(values: T): T {
    const bytes = bytesOf(values)
    for (let at = 0; at < bytes.length; at += HASHED_BYTES)
      this.#hash.update(this.#fill(bytes.subarray(at, at + HASHED_BYTES)))
    return values
  }

  #fill(bytes: Uint8Array): Uint8Array {
    let read = 0
    while (read < bytes.length) {
      const size = readChunk(this.#fd, bytes, read)
      if (size === 0) throw this.#wrong(`${bytes.length - read} more bytes`, 'the end of the file')
      read += size
      this.#offset += size
    }
    return bytes
  }

  /** The zeros behind a section of so many bytes. */
  #skip(length: number): void {
    if (this.#take(Buffer.alloc(padding(length))).some(byte => byte !== 0)) throw this.#wrong('zeros', 'other bytes')
  }

  #wrong(expected: string, found: string): DataError {
    return new DataError({ file: this.#path, offset: this.#offset, expected, found })
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
/** What a Date can be. */
const MAX_DATE = 8.64e15
/** How far the square of a template's length may be from 1: rounding to single precision gives some 1e-7. */
const LENGTH_ERROR = 1e-4
/** Bytes that are read and hashed at a time: they stay in the processor's cache in between. */
const HASHED_BYTES = 2 ** 18

function isOfLengthOne(slab: Float32Array, at: number, size: number): boolean {
  let [a, b] = [0, 0]
  for (let i = at; i < at + size - 1; i += 2) {
    a += slab[i]! * slab[i]!
    b += slab[i + 1]! * slab[i + 1]!
  }
  if (size % 2 === 1) a += slab[at + size - 1]! ** 2
  return Math.abs(a + b - 1) < LENGTH_ERROR
}

function isPersonName(name: string): boolean {
  try {
    return personName(name) === name
  } catch {
    return false
  }
}
