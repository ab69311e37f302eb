/*
 * A TensorFlow checkpoint of version 2 (tensorflow/core/protobuf/tensor_bundle.proto):
 *
 *     NAME.index                 a sorted table: '' a BundleHeaderProto, then of each variable's name a BundleEntryProto
 *     NAME.data-00000-of-00001   the variables' numbers, one after another; more files of a checkpoint in shards
 *
 *     BundleHeaderProto  1 number of shards, 2 byte order (0 little-endian)
 *     BundleEntryProto   1 number type, 2 shape { 2 axis { 1 extent } }, 3 shard, 4 offset, 5 bytes, 6 masked CRC-32C (fixed32), 7 slices
 */
import { existsSync } from 'node:fs'
import { crc32c } from '@node-rs/crc32'
import { BYTES, FIXED32, ProtobufReader, VARINT } from '@tiny-face/protobuf-wire'
import { DataError } from '@tiny-face/safe-files'
import { FileBytes } from '../file-bytes.js'
import { NUMBER_BYTES, type NumberType, toFloat32 } from '../number-types.js'
import { numbersOf } from '../tensor-shape.js'
import { noSuchTensor, type TensorInfo, type WeightFile } from '../weight-file.js'
import { MAX_AXES, MAX_SHARDS } from '../weight-limits.js'
import { masked } from './masked-checksum.js'
import { readTable } from './sorted-table.js'

/** tensorflow/core/framework/types.proto. Variables of text and others are left out. */
const TYPES: ReadonlyMap<number, NumberType> = new Map([
  [1, 'float32'],
  [2, 'float64'],
  [3, 'int32'],
  [4, 'uint8'],
  [5, 'int16'],
  [6, 'int8'],
  [9, 'int64'],
  [10, 'bool'],
  [14, 'bfloat16'],
  [19, 'float16'],
])

interface Entry extends TensorInfo {
  readonly shard: number
  readonly offset: number
  readonly length: number
  readonly checksum: number
}

/** The three names of a checkpoint's files that a person may give: NAME, NAME.index, NAME.data-00000-of-00001. */
export function checkpointIndex(path: string): string | undefined {
  const index = `${path.replace(/\.(index|data-\d{5}-of-\d{5}|meta)$/, '')}.index`
  return existsSync(index) ? index : undefined
}

/**
 * @param index its .index file
 * @throws DataError where a file is damaged or missing
 */
export function openTensorflow(index: FileBytes): WeightFile {
  const { file } = index
  const table = readTable(index)
  const header = table.get('')
  if (header === undefined) throw new DataError({ file, expected: 'the header of a checkpoint', found: 'none' })
  const { shards, littleEndian } = headerOf(index, header)
  const entries = new Map<string, Entry>()
  for (const [name, value] of table) {
    const entry = name === '' ? undefined : entryOf(index, name, value, shards)
    if (entry !== undefined) entries.set(name, entry)
  }
  const open: (FileBytes | undefined)[] = []
  const shardOf = (shard: number) => {
    const digits = (value: number) => String(value).padStart(5, '0')
    open[shard] ??= new FileBytes(`${file.replace(/\.index$/, '')}.data-${digits(shard)}-of-${digits(shards)}`)
    return open[shard]
  }
  return {
    file,
    format: 'tensorflow',
    tensors: entries,
    read(name) {
      const entry = entries.get(name)
      if (entry === undefined) throw noSuchTensor(file, name)
      const shard = shardOf(entry.shard)
      const bytes = shard.read(entry.offset, entry.length, name)
      const found = masked(crc32c(bytes))
      if (found !== entry.checksum) throw shard.error(entry.offset, `checksum ${entry.checksum} of ${name}`, `${found}`)
      return toFloat32(bytes, entry.type, littleEndian)
    },
    close() {
      index.close()
      for (const shard of open) shard?.close()
    },
  }
}

function headerOf(index: FileBytes, bytes: Buffer): { shards: number; littleEndian: boolean } {
  let shards = 0
  let order = 0
  readMessage(index, 'the header', bytes, (reader, field) => {
    if (field === ((1 << 3) | VARINT)) shards = Number(reader.int64())
    else if (field === ((2 << 3) | VARINT)) order = Number(reader.int64())
    else reader.skip(field)
  })
  if (!(shards >= 1 && shards <= MAX_SHARDS)) throw index.error(0, `1 to ${MAX_SHARDS} shards`, `${shards}`)
  return { shards, littleEndian: order === 0 }
}

function entryOf(index: FileBytes, name: string, bytes: Buffer, shards: number): Entry | undefined {
  const numbers = [0, 0, 0, 0, 0, 0]
  let shape: number[] = []
  let checksum = 0
  let isSliced = false
  readMessage(index, name, bytes, (reader, field) => {
    const number = field >>> 3
    if ((field & 7) === VARINT && number < numbers.length) numbers[number] = Number(reader.int64())
    else if (field === ((2 << 3) | BYTES)) shape = shapeOf(reader)
    else if (field === ((6 << 3) | FIXED32)) checksum = fixed32(reader)
    else {
      isSliced ||= number === 7
      reader.skip(field)
    }
  })
  const fault = (expected: string, found: string): never => {
    throw new DataError({ file: index.file, message: shown(name), expected, found })
  }
  if (isSliced) fault('a variable in one piece', 'one that was partitioned')
  const [, flag, , shard, offset, length] = numbers as [number, number, number, number, number, number]
  const type = TYPES.get(flag)
  // A text, such as the object graph of TensorFlow 2, is no weight.
  if (type === undefined) return undefined
  const count = numbersOf(shape, fault)
  if (length !== count * NUMBER_BYTES[type])
    fault(`${count * NUMBER_BYTES[type]} bytes of ${type} [${shape.join(', ')}]`, `${length}`)
  if (!(shard >= 0 && shard < shards)) fault(`a shard of ${shards}`, `${shard}`)
  return { type, shape, shard, offset, length, checksum }
}

function shapeOf(reader: ProtobufReader): number[] {
  const shape: number[] = []
  const outer = reader.enter()
  while (reader.more) {
    const field = reader.tag()
    if (field !== ((2 << 3) | BYTES)) {
      reader.skip(field)
      continue
    }
    let extent = 0
    const around = reader.enter()
    while (reader.more) {
      const inner = reader.tag()
      if (inner === ((1 << 3) | VARINT)) extent = Number(reader.int64())
      else reader.skip(inner)
    }
    reader.leave(around)
    if (shape.length <= MAX_AXES) shape.push(extent)
  }
  reader.leave(outer)
  return shape
}

function fixed32(reader: ProtobufReader): number {
  const at = reader.position
  reader.float()
  return reader.bytes.readUInt32LE(at)
}

function readMessage(
  index: FileBytes,
  name: string,
  bytes: Buffer,
  field: (reader: ProtobufReader, tag: number) => void,
): void {
  const reader = new ProtobufReader(bytes)
  try {
    while (reader.more) field(reader, reader.tag())
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    const { expected, found } = error.fault
    throw new DataError({ file: index.file, message: shown(name), expected, found, cause: error })
  }
}

function shown(name: string): string {
  return JSON.stringify(name.slice(0, 100))
}
