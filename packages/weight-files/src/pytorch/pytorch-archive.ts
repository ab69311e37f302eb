/*
 * What torch.save writes since PyTorch 1.6: a zip archive whose files are stored as they are (torch/serialization.py, _save):
 *
 *     NAME/data.pkl     a pickle: names, shapes, and where each tensor lies in which storage
 *     NAME/data/KEY     a storage: its numbers
 *     NAME/byteorder    `little` or `big`; little where it is missing
 *     NAME/version, NAME/.data/…   nothing that is needed here
 *
 * An archive with NAME/constants.pkl or NAME/code/ is TorchScript: a program, which is not run here.
 */
import { crc32 } from 'node:zlib'
import { DataError } from '@tiny-face/safe-files'
import { readOnePickle } from '@tiny-face/safe-pickle'
import type { Entry } from 'yauzl'
import type { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES } from '../number-types.js'
import { noSuchTensor, type WeightFile } from '../weight-file.js'
import { MAX_ARCHIVE_PICKLE_BYTES, MAX_TENSORS } from '../weight-limits.js'
import { asDataError } from './pickle-fault.js'
import { readTensor } from './read-tensor.js'
import { stateDict } from './state-dict.js'
import { TORCH_DIALECT, type TorchStorage } from './torch-dialect.js'

/** A file of the archive: where its bytes lie. */
interface Member {
  readonly name: string
  readonly start: number
  readonly length: number
  readonly checksum: number
  /** Stored as it is; TorchScript packs its code. */
  readonly isStored: boolean
}

/** @throws DataError where the archive is damaged, or is none that torch.save writes of data */
export async function openPytorchArchive(bytes: FileBytes): Promise<WeightFile> {
  const { file } = bytes
  const members = await membersOf(bytes)
  const pickle = [...members.values()].find(({ name }) => /(^|\/)data\.pkl$/.test(name))
  if (pickle === undefined)
    throw new DataError({ file, expected: 'an archive of torch.save, with data.pkl', found: 'a zip archive without' })
  const root = pickle.name.slice(0, -'data.pkl'.length)
  if ([...members.keys()].some(name => name === `${root}constants.pkl` || name.startsWith(`${root}code/`)))
    throw new DataError({
      file,
      expected: 'a state_dict, as torch.save(network.state_dict(), FILE) writes it',
      found: 'a TorchScript archive, which is a program',
    })
  const saved = asDataError(file, pickle.start, () => {
    if (pickle.length > MAX_ARCHIVE_PICKLE_BYTES)
      throw bytes.error(pickle.start, `a data.pkl of at most ${MAX_ARCHIVE_PICKLE_BYTES} bytes`, `${pickle.length}`)
    const { value, end } = readOnePickle(contentOf(bytes, pickle), TORCH_DIALECT)
    if (end !== pickle.length)
      throw bytes.error(pickle.start + end, 'the end of data.pkl', `${pickle.length - end} more bytes`)
    return value
  })
  const littleEndian = byteOrder(bytes, members.get(`${root}byteorder`))
  const tensors = stateDict(saved, file)
  const storages = new Map<string, Member>()
  for (const { storage } of tensors.values()) storages.set(storage.key, storageMember(bytes, members, root, storage))
  const verified = new Set<Member>()
  return {
    file,
    format: 'pytorch',
    tensors: new Map([...tensors].map(([name, { shape, storage }]) => [name, { shape, type: storage.type }])),
    read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw noSuchTensor(file, name)
      const member = storages.get(tensor.storage.key)!
      if (!verified.has(member)) verify(bytes, member)
      verified.add(member)
      return readTensor(tensor, (start, length) => bytes.read(member.start + start, length, name), littleEndian)
    },
    close: () => bytes.close(),
  }
}

async function membersOf(bytes: FileBytes): Promise<ReadonlyMap<string, Member>> {
  const { file } = bytes
  // Loaded only for an archive.
  const { openPromise } = await import('yauzl')
  const members = new Map<string, Member>()
  try {
    const zip = await openPromise(file, { autoClose: false, strictFileNames: false })
    try {
      if (zip.entryCount > MAX_TENSORS)
        throw new DataError({
          file,
          expected: `at most ${MAX_TENSORS} files in the archive`,
          found: `${zip.entryCount}`,
        })
      for await (const entry of zip.eachEntry()) {
        if (members.has(entry.fileName))
          throw new DataError({
            file,
            expected: 'one file of a name in the archive',
            found: `two of ${shown(entry.fileName)}`,
          })
        const { fileDataStart: start } = await zip.readLocalFileHeaderPromise(entry, { minimal: true })
        members.set(entry.fileName, memberOf(bytes, entry, start))
      }
    } finally {
      zip.close()
    }
  } catch (error) {
    if (error instanceof DataError) throw error
    throw new DataError({ file, expected: 'a whole zip archive', found: (error as Error).message, cause: error })
  }
  expectApart(bytes, [...members.values()])
  return members
}

function memberOf(bytes: FileBytes, entry: Entry, start: number): Member {
  const { fileName: name, compressionMethod, compressedSize: length, uncompressedSize } = entry
  if (start + length > bytes.size)
    throw bytes.error(start, `${length} bytes of ${shown(name)}`, `${Math.max(0, bytes.size - start)} to the end`)
  const isStored = compressionMethod === 0 && length === uncompressedSize && !entry.isEncrypted()
  return { name, start, length, checksum: entry.crc32, isStored }
}

/** Files that share bytes would let a small archive stand for many large ones. */
function expectApart(bytes: FileBytes, members: readonly Member[]): void {
  const sorted = [...members].sort((a, b) => a.start - b.start)
  for (const [i, { start, length }] of sorted.entries()) {
    const next = sorted[i + 1]
    if (next !== undefined && start + length > next.start)
      throw bytes.error(
        next.start,
        'files in the archive that lie apart',
        `${JSON.stringify(next.name.slice(0, 100))} within another`,
      )
  }
}

function storageMember(
  bytes: FileBytes,
  members: ReadonlyMap<string, Member>,
  root: string,
  storage: TorchStorage,
): Member {
  const name = `${root}data/${storage.key}`
  const member = members.get(name)
  if (member === undefined) throw new DataError({ file: bytes.file, expected: `${name} in the archive`, found: 'none' })
  const length = storage.length * NUMBER_BYTES[storage.type]
  if (member.length !== length)
    throw bytes.error(
      member.start,
      `${length} bytes of ${storage.length} ${storage.type} in ${name}`,
      `${member.length}`,
    )
  return member
}

function contentOf(bytes: FileBytes, member: Member): Uint8Array {
  verify(bytes, member)
  return bytes.read(member.start, member.length, member.name)
}

function verify(bytes: FileBytes, { name, start, length, checksum, isStored }: Member): void {
  if (!isStored)
    throw bytes.error(start, `${shown(name)} stored as it is, as torch.save does`, 'it packed or encrypted')
  let found = 0
  for (const piece of bytes.pieces(start, length, name)) found = crc32(piece, found)
  const hex = (value: number) => value.toString(16).padStart(8, '0')
  if (found !== checksum) throw bytes.error(start, `CRC-32 ${hex(checksum)} of ${name}`, hex(found))
}

function byteOrder(bytes: FileBytes, member: Member | undefined): boolean {
  if (member === undefined) return true
  const order = member.length > 16 ? '' : Buffer.from(contentOf(bytes, member)).toString('latin1')
  if (order !== 'little' && order !== 'big')
    throw bytes.error(member.start, 'byteorder little or big', JSON.stringify(order))
  return order === 'little'
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
