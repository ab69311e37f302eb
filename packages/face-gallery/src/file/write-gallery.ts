import { createHash } from 'node:crypto'
import { fchmodSync, statSync } from 'node:fs'
import { AtomicFile, DataError } from '@tiny-face/safe-files'
import type { Gallery } from '../gallery.js'
import { bytesOf, FIXED_BYTES, MAGIC, MAX_HEADER_BYTES, MAX_ID_BYTES, padding, VERSION } from './gallery-layout.js'

/** Faces are biometric data: a new file is for its owner only. */
const MODE = 0o600

/** Writes a gallery; a file of that name is replaced once the new one is whole, and its permissions stay as they were. */
export function writeGallery(path: string, gallery: Gallery): void {
  const file = new AtomicFile(path, { force: true })
  try {
    fchmodSync(file.fd, statSync(path, { throwIfNoEntry: false })?.mode ?? MODE)
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
