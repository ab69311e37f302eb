/*
 * What torch.save wrote before PyTorch 1.6, and writes with _use_new_zipfile_serialization=False: pickles and numbers one after another
 * (torch/serialization.py, _legacy_save):
 *
 *     pickle   0x1950a86a20f9469cfc6c
 *     pickle   1001
 *     pickle   {'protocol_version': 1001, 'little_endian': True, …}
 *     pickle   what was saved: names, shapes, and where each tensor lies in which storage
 *     pickle   ['KEY', …], the storages in the order in which they follow
 *     storages each its length, int64, and its numbers
 */
import { DataError } from '@tiny-face/safe-files'
import { describe, type Item, readOnePickle } from '@tiny-face/safe-pickle'
import type { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES } from '../number-types.js'
import { noSuchTensor, type WeightFile } from '../weight-file.js'
import { asDataError } from './pickle-fault.js'
import { readTensor } from './read-tensor.js'
import { stateDict } from './state-dict.js'
import { TORCH_DIALECT, type TorchStorage } from './torch-dialect.js'

const MAGIC = 0x1950a86a20f9469cfc6cn
const PROTOCOL = 1001
const LENGTH_BYTES = 8

/** The first bytes of such a file: protocol 2, and a LONG1 of the number. */
export const STREAM_HEAD = Buffer.from('80028a0a6cfc9c46f9206aa850192e', 'hex')

/** @throws DataError where the file is damaged, or holds more than data */
export function openPytorchStream(bytes: FileBytes): WeightFile {
  const { file } = bytes
  let position = 0
  const used = new Map<string, TorchStorage>()
  const dialect = {
    ...TORCH_DIALECT,
    persistent(...[machine, id]: Parameters<typeof TORCH_DIALECT.persistent>) {
      const storage = TORCH_DIALECT.persistent(machine, id)
      const { key, type, length } = storage.value
      const before = used.get(key)
      if (before !== undefined && (before.type !== type || before.length !== length))
        throw machine.error(`storage ${key} of ${before.length} ${before.type}, as before`, `${length} ${type}`)
      used.set(key, storage.value)
      return storage
    },
  }
  const next = (): Item =>
    asDataError(file, 0, () => {
      const { value, end } = readOnePickle(bytes, dialect, position)
      position = end
      return value
    })
  const expect = (value: Item, wanted: Item, what: string) => {
    if (value !== wanted) throw new DataError({ file, offset: position, expected: what, found: describe(value) })
  }
  expect(next(), MAGIC as unknown as Item, "torch.save's first number")
  expect(next(), PROTOCOL, `protocol ${PROTOCOL}`)
  const system = next()
  const littleEndian = !(system instanceof Map) || system.get('little_endian') !== false
  const saved = next()
  const keys = next()
  const tensors = stateDict(saved, file)
  const starts = storageStarts(bytes, position, Array.isArray(keys) ? keys : [], used)
  for (const { storage } of tensors.values()) {
    if (!starts.has(storage.key))
      throw new DataError({ file, offset: position, expected: `storage ${storage.key}`, found: 'none' })
  }
  return {
    file,
    format: 'pytorch',
    tensors: new Map([...tensors].map(([name, { shape, storage }]) => [name, { shape, type: storage.type }])),
    read(name) {
      const tensor = tensors.get(name)
      if (tensor === undefined) throw noSuchTensor(file, name)
      const at = starts.get(tensor.storage.key)!
      return readTensor(tensor, (start, length) => bytes.read(at + start, length, name), littleEndian)
    },
    close: () => bytes.close(),
  }
}

/** Where each storage's numbers begin; they end where the file does. */
function storageStarts(
  bytes: FileBytes,
  start: number,
  keys: readonly Item[],
  used: ReadonlyMap<string, TorchStorage>,
): ReadonlyMap<string, number> {
  const starts = new Map<string, number>()
  let position = start
  for (const key of keys) {
    const storage = typeof key === 'string' ? used.get(key) : undefined
    if (storage === undefined || starts.has(storage.key))
      throw bytes.error(start, 'a list of the storages that are used, each once', describe(key))
    const length = bytes.peek(position, LENGTH_BYTES, "a storage's length").readBigInt64LE()
    if (length !== BigInt(storage.length))
      throw bytes.error(position, `a storage of ${storage.length} numbers`, `${length}`)
    starts.set(storage.key, position + LENGTH_BYTES)
    position += LENGTH_BYTES + storage.length * NUMBER_BYTES[storage.type]
    if (position > bytes.size)
      throw bytes.error(
        starts.get(storage.key)!,
        `${storage.length} ${storage.type} of storage ${storage.key}`,
        'the end of the file',
      )
  }
  if (position !== bytes.size) throw bytes.error(position, 'the end of the file', `${bytes.size - position} more bytes`)
  return starts
}
