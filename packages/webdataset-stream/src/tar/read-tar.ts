import { fileKind } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { ChunkReader } from './chunk-reader.js'
import { checkFieldSize, isOfFields, MemberFields } from './pax-and-long-names.js'
import { BLOCK_BYTES, type HeaderPlace, isZero, paddingOf, parseHeader, type TarHeader } from './tar-header.js'

/** The largest member that is read: a sample's members are held in memory. */
export const MAX_MEMBER_BYTES = 2 ** 29

/** Types of members that have no data, whatever their size says: links, devices, folders, pipes. */
const WITHOUT_DATA = '123456'
const FILE_TYPES = ['0', '7']

export interface TarMember {
  name: string
  /** Where its header lies, in bytes from the start of the (unpacked) archive. */
  offset: number
  size: number
  /**
   * Its data, which it owns; at most once, and before the next member is asked for.
   *
   * @throws DataError where it is longer than `MAX_MEMBER_BYTES`, or the archive is cut off
   */
  read(): Buffer
}

/**
 * The files in a tar archive, in its order; folders, links and devices are passed over. Names come from wherever the format
 * has them: the header, its prefix, a pax field, a long name of GNU's.
 *
 * @param chunks the archive's bytes, in pieces of any size
 * @param file what messages call it
 * @throws DataError where a header is damaged, a limit is passed, the archive is cut off or bytes follow its end
 */
export function* readTar(chunks: Iterable<Uint8Array>, file: string): Generator<TarMember, void, undefined> {
  const reader = new ChunkReader(chunks)
  const fields = new MemberFields()
  for (;;) {
    const place = { file, offset: reader.offset }
    const block = reader.read(BLOCK_BYTES)
    if (block.length < BLOCK_BYTES)
      throw (
        otherKind(block, place) ??
        cutOff(place, 'a tar header or the blocks of zeros that end an archive', block.length)
      )
    if (isZero(block)) break
    const header = headerOf(block, place)
    if (isOfFields(header)) {
      fields.take(header, fieldBytes(header, place), place)
      continue
    }
    const member = new Member(fields.applyTo(header, place), place, reader)
    if (member.isFile) yield member
    member.skip()
  }
  checkEnd(reader, file)

  function fieldBytes(header: TarHeader, place: HeaderPlace): Buffer {
    const { size } = header
    checkFieldSize(header, place)
    const bytes = Buffer.from(reader.read(size))
    if (bytes.length < size || reader.skip(paddingOf(size)) < paddingOf(size))
      throw cutOff(place, `${size} bytes`, bytes.length)
    return bytes
  }
}

class Member implements TarMember {
  readonly name: string
  readonly offset: number
  readonly size: number
  readonly isFile: boolean
  readonly #reader: ChunkReader
  readonly #place: HeaderPlace
  #left: number

  constructor({ name, size, type }: TarHeader, place: HeaderPlace, reader: ChunkReader) {
    this.name = name
    this.size = WITHOUT_DATA.includes(type) ? 0 : size
    this.offset = place.offset
    // A folder of the format before ustar has a slash behind its name.
    this.isFile = FILE_TYPES.includes(type) && !name.endsWith('/')
    this.#reader = reader
    this.#place = place
    this.#left = this.size + paddingOf(this.size)
  }

  read(): Buffer {
    const { size } = this
    if (size > MAX_MEMBER_BYTES) {
      const expected = `a member of at most ${MAX_MEMBER_BYTES} bytes`
      throw new DataError({ ...this.#place, message: JSON.stringify(this.name), expected, found: `${size}` })
    }
    const bytes = Buffer.from(this.#reader.read(size))
    if (bytes.length < size) throw this.#cutOff(bytes.length)
    this.#left -= size
    return bytes
  }

  /** Passes over what was not read of its data, and the zeros behind. */
  skip(): void {
    const skipped = this.#reader.skip(this.#left)
    if (skipped < this.#left)
      throw this.#cutOff(Math.min(this.size, this.size + paddingOf(this.size) - this.#left + skipped))
    this.#left = 0
  }

  #cutOff(found: number): DataError {
    return cutOff(this.#place, `${this.size} bytes of ${JSON.stringify(this.name)}`, found)
  }
}

function cutOff(place: HeaderPlace, expected: string, found: number): DataError {
  return new DataError({
    ...place,
    expected,
    found: found === 0 ? 'the end of the file' : `the end of the file after ${found} bytes`,
  })
}

/** Zeros behind the end are read so many bytes at once. */
const END_BYTES = 10_240

/** @throws DataError that says of a file that is no archive what it is, where its bytes tell */
function headerOf(block: Buffer, place: HeaderPlace): TarHeader {
  try {
    return parseHeader(block, place)
  } catch (error) {
    throw otherKind(block, place) ?? error
  }
}

function otherKind(head: Buffer, { file, offset }: HeaderPlace): DataError | undefined {
  const kind = offset === 0 ? fileKind(head) : undefined
  if (kind === undefined || kind === 'a tar archive') return undefined
  return new DataError({ file, expected: 'a tar archive', found: kind })
}

/** Two archives one behind the other are no archive of both: tar, too, reads the first alone. */
function checkEnd(reader: ChunkReader, file: string): void {
  for (;;) {
    const { offset } = reader
    const zeros = reader.read(END_BYTES)
    if (zeros.length === 0) return
    const other = zeros.findIndex(byte => byte !== 0)
    if (other === -1) continue
    throw new DataError({
      file,
      offset: offset + other,
      expected: 'nothing but zeros behind the end of the archive',
      found: 'other bytes',
    })
  }
}
