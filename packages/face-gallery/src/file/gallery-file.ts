/*
 * A gallery as one file. Numbers are little-endian; every section begins at a multiple of 64 bytes, zeros between.
 *
 *     bytes              8 of magic, "TFGALLRY"
 *     uint32             version, 1
 *     uint32             bytes of the header
 *     header             JSON: {"faces": …, "size": …, "flip": …, "model": {"name", "sha256", "preprocess"}, "names": […], "id_bytes": …}
 *                        faces: how many; size: numbers of an embedding; flip: whether a template is the sum with the mirror image's;
 *                        model: the network, where its stream said; names: of the people; id_bytes: of all ids together
 *     uint32 [faces]     whose face it is: a place among the names
 *     float64 [faces]    when it was enrolled, in milliseconds since 1970
 *     uint32 [faces]     where each id ends among the ids' bytes
 *     bytes [id_bytes]   the ids, UTF-8, one behind the other: which picture the face is of
 *     float32 [faces, size]   the templates, of length 1, ready to be used where they lie
 *     bytes [32]         SHA-256 of all before it
 *
 * The file's size follows from the header, so nothing is made room for that the file does not hold.
 */
import { createHash, type Hash } from 'node:crypto'
import { closeSync, fstatSync, openSync } from 'node:fs'
import { endianness } from 'node:os'
import { flag, list, object, optional, parseJson, text, whole } from '@tiny-face/checked-json'
import { AtomicFile, DataError, readChunk } from '@tiny-face/safe-files'
import { MAX_FACES } from '../enrol/enrol.js'
import { MAX_NAME_BYTES, personName } from '../enrol/person-name.js'
import { type Gallery, slabFaces } from '../gallery.js'

const MAGIC = 'TFGALLRY'
const VERSION = 1
const ALIGNMENT = 64
const FIXED_BYTES = 16
const HASH_BYTES = 32

/** Bytes of the header: a million names of 250. */
export const MAX_HEADER_BYTES = 2 ** 28
/** Bytes of all ids. */
export const MAX_ID_BYTES = 2 ** 32 - 1
/** Numbers of an embedding. */
export const MAX_EMBEDDING_SIZE = 2 ** 16

const HEADER = object({
  faces: whole(0),
  size: whole(1),
  flip: flag,
  model: optional(object({ name: text, sha256: text, preprocess: text })),
  names: list(text),
  id_bytes: whole(0),
})

/** Writes a gallery; a file of that name is replaced once the new one is whole. */
export function writeGallery(path: string, gallery: Gallery): void {
  const file = new AtomicFile(path, { force: true })
  try {
    const out = new Sections(file)
    for (const section of sectionsOf(gallery)) out.write(section)
    out.end()
    file.commit()
  } catch (error) {
    file.abort()
    throw error
  }
}

function* sectionsOf(gallery: Gallery): Generator<readonly Uint8Array[]> {
  const { length, size, flip, model, names } = gallery
  const ids = gallery.ids.map(id => Buffer.from(id))
  const ends = new Uint32Array(length)
  let end = 0
  for (const [face, id] of ids.entries()) {
    end += id.length
    ends[face] = end
  }
  if (end > MAX_ID_BYTES) throw new DataError({ expected: `at most ${MAX_ID_BYTES} bytes of ids`, found: `${end}` })
  const header = Buffer.from(
    JSON.stringify({ faces: length, size, flip, ...(model === undefined ? {} : { model }), names, id_bytes: end }),
  )
  if (header.length > MAX_HEADER_BYTES)
    throw new DataError({ expected: `names of at most ${MAX_HEADER_BYTES} bytes together`, found: `${header.length}` })
  const fixed = Buffer.alloc(FIXED_BYTES)
  fixed.write(MAGIC, 'latin1')
  fixed.writeUInt32LE(VERSION, 8)
  fixed.writeUInt32LE(header.length, 12)
  yield [fixed, header]
  yield [bytesOf(gallery.people)]
  yield [bytesOf(gallery.enrolled)]
  yield [bytesOf(ends)]
  yield [Buffer.concat(ids)]
  yield gallery.slabs.map(bytesOf)
}

/** Sections one behind the other, and the hash of them. */
class Sections {
  readonly #file: AtomicFile
  readonly #hash = createHash('sha256')

  constructor(file: AtomicFile) {
    this.#file = file
  }

  write(parts: readonly Uint8Array[]): void {
    const length = parts.reduce((sum, part) => sum + part.byteLength, 0)
    for (const part of [...parts, Buffer.alloc(padding(length))]) {
      this.#hash.update(part)
      this.#file.write(part)
    }
  }

  end(): void {
    this.#file.write(this.#hash.digest())
  }
}

/**
 * Reads a gallery, all of it, and compares its hash.
 *
 * @throws DataError where the file is not a whole and sound gallery
 */
export function readGallery(path: string): Gallery {
  if (endianness() !== 'LE') throw new DataError({ file: path, message: 'is read on little-endian machines only' })
  const fd = openSync(path, 'r')
  try {
    return new GalleryReader(path, fd).read()
  } finally {
    closeSync(fd)
  }
}

class GalleryReader {
  readonly #path: string
  readonly #fd: number
  readonly #hash: Hash = createHash('sha256')
  #offset = 0

  constructor(path: string, fd: number) {
    this.#path = path
    this.#fd = fd
  }

  read(): Gallery {
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
    const text = this.#numbers(Buffer.alloc(id_bytes))
    const slabs: Float32Array[] = []
    for (let row = 0; row < faces; row += slabFaces(size))
      slabs.push(this.#take(new Float32Array(Math.min(slabFaces(size), faces - row) * size)))
    this.#skip(4 * faces * size)
    const hash = this.#hash.digest()
    if (!hash.equals(this.#fill(Buffer.alloc(HASH_BYTES))))
      throw new DataError({
        file: this.#path,
        expected: 'the SHA-256 at its end',
        found: 'another: the file is damaged',
      })
    const gallery = { size, flip, model, length: faces, names, people, ids: this.#ids(text, ends), enrolled, slabs }
    this.#check(gallery)
    return gallery
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
  #check({ names, people, enrolled, slabs, size }: Gallery): void {
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
    for (const slab of slabs)
      for (let at = 0; at < slab.length; at += size)
        if (!isOfLengthOne(slab, at, size)) throw this.#wrong('templates of length 1', 'another')
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

function padding(length: number): number {
  return (ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength)
}
