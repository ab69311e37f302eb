import { fieldSize, writeHead } from '@tiny-face/protobuf-wire'
import type { Example, Feature } from './example.js'

/** Field 1 of wire type 2: the tag of nearly everything in an Example. */
const FIELD_1 = 0x0a
const FIELD_2 = 0x12
const KIND_TAGS = { bytes: 0x0a, float: 0x12, int64: 0x1a } as const

/**
 * Serialises a tf.train.Example byte for byte as TensorFlow does where it is deterministic: features in the order of their
 * names' UTF-8 bytes, lists packed.
 */
export function encodeExample(example: Example): Buffer {
  const entries = [...example]
    .map(([name, feature]) => sized(Buffer.from(name), feature))
    .sort((a, b) => Buffer.compare(a.name, b.name))
  const features = entries.reduce((sum, { entrySize }) => sum + fieldSize(entrySize), 0)
  const bytes = Buffer.allocUnsafe(fieldSize(features))
  let at = writeHead(bytes, 0, FIELD_1, features)
  for (const { name, feature, entrySize, featureSize, listSize } of entries) {
    at = writeHead(bytes, at, FIELD_1, entrySize)
    at = writeHead(bytes, at, FIELD_1, name.length)
    at += name.copy(bytes, at)
    at = writeHead(bytes, at, FIELD_2, featureSize)
    if (feature.kind === 'none') continue
    at = writeHead(bytes, at, KIND_TAGS[feature.kind], listSize)
    at = writeList(bytes, at, feature)
  }
  return bytes
}

function sized(name: Buffer, feature: Feature) {
  const listSize = listSizeOf(feature)
  const featureSize = feature.kind === 'none' ? 0 : fieldSize(listSize)
  return { name, feature, listSize, featureSize, entrySize: fieldSize(name.length) + fieldSize(featureSize) }
}

function listSizeOf(feature: Feature): number {
  if (feature.kind === 'none') return 0
  if (feature.kind === 'bytes') return feature.values.reduce((sum, { byteLength }) => sum + fieldSize(byteLength), 0)
  const packed = packedSize(feature)
  return packed === 0 ? 0 : fieldSize(packed)
}

function packedSize(feature: Feature & { kind: 'float' | 'int64' }): number {
  if (feature.kind === 'float') return 4 * feature.values.length
  return feature.values.reduce((sum, value) => sum + int64Size(value), 0)
}

function writeList(bytes: Buffer, start: number, feature: Feature & { kind: 'bytes' | 'float' | 'int64' }): number {
  let at = start
  if (feature.kind === 'bytes') {
    for (const value of feature.values) {
      at = writeHead(bytes, at, FIELD_1, value.byteLength)
      bytes.set(value, at)
      at += value.byteLength
    }
    return at
  }
  const packed = packedSize(feature)
  if (packed === 0) return at
  at = writeHead(bytes, at, FIELD_1, packed)
  if (feature.kind === 'float') for (const value of feature.values) at = bytes.writeFloatLE(value, at)
  else for (const value of feature.values) at = writeInt64(bytes, at, value)
  return at
}

function int64Size(value: bigint): number {
  let size = 1
  for (let left = BigInt.asUintN(64, value) >> 7n; left > 0n; left >>= 7n) size++
  return size
}

function writeInt64(bytes: Buffer, start: number, value: bigint): number {
  let at = start
  let left = BigInt.asUintN(64, value)
  for (; left >= 0x80n; left >>= 7n) bytes[at++] = Number(left & 0x7fn) | 0x80
  bytes[at++] = Number(left)
  return at
}
