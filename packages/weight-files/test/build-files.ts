/* Files put together by hand, so that each part of them can lie. */
import { crc32 } from 'node:zlib'
import { crc32c } from '@node-rs/crc32'
import { bytesField, intField, message } from '@tiny-face/protobuf-wire'
import { masked } from '../src/tensorflow/masked-checksum.js'

const latin1 = (text: string) => Buffer.from(text, 'latin1')
const uint16 = (value: number) => Buffer.from([value & 255, value >> 8])

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value >>> 0)
  return bytes
}

export function int64(value: number | bigint): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)))
  return bytes
}

// Zip

export interface Member {
  name: string
  content: Uint8Array
  method?: number
  flags?: number
  /** Lies: what the directory says in place of what is true. */
  checksum?: number
  size?: number
  /** Where the directory says that it begins. */
  at?: number
}

/** A zip archive of stored files (APPNOTE.TXT, 4.3). */
export function zip(
  members: readonly Member[],
  { entries = members.length, directoryAt }: { entries?: number; directoryAt?: number } = {},
): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let position = 0
  for (const {
    name,
    content,
    method = 0,
    flags = 0,
    checksum = crc32(content),
    size = content.length,
    at,
  } of members) {
    const common = [
      uint16(20),
      uint16(flags),
      uint16(method),
      uint32(0),
      uint32(checksum),
      uint32(content.length),
      uint32(size),
      uint16(name.length),
      uint16(0),
    ]
    const local = Buffer.concat([latin1('PK\x03\x04'), ...common, latin1(name), content])
    directory.push(
      Buffer.concat([
        latin1('PK\x01\x02'),
        uint16(20),
        ...common,
        uint16(0),
        uint16(0),
        uint16(0),
        uint32(0),
        uint32(at ?? position),
        latin1(name),
      ]),
    )
    parts.push(local)
    position += local.length
  }
  const list = Buffer.concat(directory)
  const end = [
    uint16(0),
    uint16(0),
    uint16(entries),
    uint16(entries),
    uint32(list.length),
    uint32(directoryAt ?? position),
    uint16(0),
  ]
  return Buffer.concat([...parts, list, latin1('PK\x05\x06'), ...end])
}

// Pickle: protocol 2

export type Op = string | Uint8Array
export const text = (value: string) =>
  Buffer.concat([latin1('X'), uint32(Buffer.byteLength(value)), Buffer.from(value)])
export const global = (name: string) => {
  const dot = name.lastIndexOf('.')
  return latin1(`c${name.slice(0, dot)}\n${name.slice(dot + 1)}\n`)
}
/** Any integer, as LONG1. */
export const whole = (value: number | bigint) => {
  const bytes = Buffer.alloc(16)
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)))
  bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value) >> 64n), 8)
  return Buffer.concat([Buffer.from([0x8a, 16]), bytes])
}
export const tuple = (...items: Op[]) => ops('(', ...items, 't')
export const ops = (...items: Op[]) =>
  Buffer.concat(items.map(item => (typeof item === 'string' ? latin1(item) : item)))
export const pickle = (...items: Op[]) => ops('\x80\x02', ...items, '.')

export interface Tensor {
  type?: string
  key?: Op
  length?: Op
  offset?: Op
  shape?: Op
  strides?: Op
  /** In place of the whole persistent id. */
  id?: Op
}

/** A tensor of two float32 in storage 0, but for what is given. */
export function tensor({
  type = 'torch.FloatStorage',
  key = text('0'),
  length = whole(2),
  offset = whole(0),
  shape = tuple(whole(2)),
  strides = tuple(whole(1)),
  id = tuple(text('storage'), global(type), key, text('cpu'), length),
}: Tensor = {}): Buffer {
  const rebuild = global('torch._utils._rebuild_tensor_v2')
  return ops(rebuild, '(', id, 'Q', offset, shape, strides, '\x89', global('collections.OrderedDict'), ')R', 'tR')
}

/** The pickle of `{'a': value}`. */
export const dictOf = (value: Op) => pickle('}', text('a'), value, 's')

export const FLOATS = Buffer.from(Float32Array.of(1, 2).buffer)

export function archive(data: Uint8Array, more: readonly Member[] = [{ name: 'x/data/0', content: FLOATS }]): Buffer {
  return zip([{ name: 'x/data.pkl', content: data }, ...more])
}

export const MAGIC = pickle(ops('\x8a\x0a', Buffer.from('6cfc9c46f9206aa85019', 'hex')))

export function stream(
  data: Uint8Array,
  { keys = pickle(']', text('0'), 'a'), storages = Buffer.concat([int64(2), FLOATS]) as Uint8Array } = {},
): Buffer {
  return Buffer.concat([MAGIC, pickle(whole(1001)), pickle('}'), data, keys, storages])
}

// MXNet

export function arrayList(
  arrays: readonly Uint8Array[],
  names: readonly string[],
  { count = arrays.length, named = names.length }: { count?: number | bigint; named?: number } = {},
): Buffer {
  const listed = names.flatMap(name => [int64(name.length), latin1(name)])
  return Buffer.concat([int64(0x112), int64(0), int64(count), ...arrays, int64(named), ...listed])
}

export function array(
  extents: readonly (number | bigint)[],
  { magic = 0xf993fac9, kind = 0, axes = extents.length, type = 0, content = FLOATS as Uint8Array } = {},
): Buffer {
  return Buffer.concat([
    uint32(magic),
    uint32(kind),
    uint32(axes),
    ...extents.map(int64),
    uint32(1),
    uint32(0),
    uint32(type),
    content,
  ])
}

// TensorFlow

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))]

export interface Block {
  packing?: number
  restarts?: number
  isDamaged?: boolean
}

function block(
  entries: readonly (readonly [shared: number, key: string, value: Uint8Array])[],
  { packing = 0, restarts = 1, isDamaged = false }: Block = {},
): Buffer {
  const content = entries.map(([shared, key, value]) =>
    Buffer.concat([
      Buffer.from([...varint(shared), ...varint(key.length), ...varint(value.length)]),
      latin1(key),
      value,
    ]),
  )
  const body = Buffer.concat([...content, uint32(0), uint32(restarts), Buffer.from([packing])])
  return Buffer.concat([body, uint32(masked(crc32c(body)) ^ (isDamaged ? 1 : 0))])
}

/** A sorted table of one data block, or of what stands in its index. */
export function table(
  entries: readonly (readonly [key: string, value: Uint8Array])[],
  { shared = 0, data, index }: { shared?: number; data?: Block; index?: readonly [start: number, length: number] } = {},
): Buffer {
  const first = block(
    entries.map(([key, value], i) => [i === 0 ? shared : 0, key, value]),
    data,
  )
  const handle = (start: number, length: number) => Buffer.from([...varint(start), ...varint(length)])
  const second = block([[0, '~', handle(...(index ?? [0, first.length - 5]))]])
  const footer = Buffer.alloc(40)
  Buffer.concat([handle(0, 0), handle(first.length, second.length - 5)]).copy(footer)
  return Buffer.concat([first, second, footer, Buffer.from('57fb808b247547db', 'hex')])
}

export interface Entry {
  type?: number
  shape?: readonly number[]
  shard?: number
  offset?: number
  size?: number
  more?: Uint8Array
}

export const header = (shards = 1) => message(intField(1, shards))

/** A BundleEntryProto of float32 [2]. */
export function entry({
  type = 1,
  shape = [2],
  shard = 0,
  offset = 0,
  size = 8,
  more = Buffer.alloc(0),
}: Entry = {}): Uint8Array {
  const axes = shape.map(extent => bytesField(2, extent < 0 ? minusOne(1) : intField(1, extent)))
  return message(
    intField(1, type),
    bytesField(2, message(...axes)),
    intField(3, shard),
    offset < 0 ? minusOne(4) : intField(4, offset),
    intField(5, size),
    more,
  )
}

/** -1 as protobuf spells it. */
export const minusOne = (field: number) => Buffer.from([field << 3, ...Array(9).fill(255), 1])

// safetensors

export function safetensors(json: string, data: Uint8Array = FLOATS, length: number | bigint = json.length): Buffer {
  return Buffer.concat([int64(length), latin1(json), data])
}

// ONNX

export function onnxTensor({
  dims = [2],
  type = 1,
  raw = FLOATS,
  more = [],
}: {
  dims?: readonly (number | Uint8Array)[]
  type?: number
  raw?: Uint8Array | undefined
  more?: readonly Uint8Array[]
} = {}): Uint8Array {
  const shape = dims.map(extent => (typeof extent === 'number' ? intField(1, extent) : extent))
  return message(
    ...shape,
    intField(2, type),
    bytesField(8, latin1('a')),
    ...(raw === undefined ? [] : [bytesField(9, raw)]),
    ...more,
  )
}

export function onnx(...tensors: readonly Uint8Array[]): Uint8Array {
  return message(intField(1, 8), bytesField(7, message(...tensors.map(tensor => bytesField(5, tensor)))))
}

export function external(...pairs: readonly (readonly [string, string])[]): Uint8Array[] {
  const fields = pairs.map(([key, value]) =>
    bytesField(13, message(bytesField(1, latin1(key)), bytesField(2, latin1(value)))),
  )
  return [...fields, intField(14, 1)]
}
