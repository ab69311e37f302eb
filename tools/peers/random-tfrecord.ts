// Our half of random-tfrecord.py, where the descriptions are laid out.
import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type DataMap, type Label, tensorOf, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import {
  DEFAULT_KEYS,
  decodeExample,
  type Example,
  type ExampleKeys,
  encodeExample,
  type Feature,
  readShards,
  readTFRecord,
  TFRecordDecoder,
  writeShards,
} from '@tiny-face/tfrecord-stream'
import fc from 'fast-check'
import type { Peer } from './check-random.js'
import { throughStream } from './through-stream.js'

interface DescribedFeature {
  kind: Feature['kind']
  values: string[]
}

interface Described {
  raw?: string
  features?: Record<string, DescribedFeature> | null
  encoded?: string
}

interface File {
  file: string
  compression: '' | 'GZIP' | 'ZLIB'
  records: Described[]
}

export const tfrecord: Peer = {
  name: 'tfrecord',
  program: 'TensorFlow',
  environment: 'tensorflow',
  difference,
  write,
}

/** Bytes that are pushed at once, so that records lie across chunks. */
const CHUNK = 61

/** Reads one of TensorFlow's files: its records, what is in them, and how we would write that. */
function difference(folder: string, { file, compression, records }: File): string | undefined {
  const path = join(folder, file)
  const found = recordsOf(path)
  if (found.length !== records.length) return `TensorFlow reads ${records.length} records, we ${found.length}`
  if (!isDeepStrictEqual(pushed(path), found)) return 'in chunks we read other records'
  for (const [i, record] of records.entries()) {
    const described = describe(found[i]!)
    const compared = Object.fromEntries(Object.keys(record).map(field => [field, described[field as keyof Described]]))
    if (!isDeepStrictEqual(compared, record)) {
      return `record ${i}: TensorFlow reads ${JSON.stringify(record)}, we ${JSON.stringify(compared)}`
    }
  }
  // A dataset of nothing is an error, to be read as to be written.
  if (records.length === 0) return undefined
  const maps = throughStream(readShards([path], { all: true }), folder)
  for (const map of maps) {
    const wrong = mapDifference(map, records[Number(map.id)]!)
    if (wrong !== undefined) return `record ${map.id}: ${wrong}`
  }
  return copyDifference(path, maps, compression === '' ? undefined : found)
}

/**
 * A copy of the file, through a stream and our writer, is the same bytes.
 *
 * @param records of a file that is compressed: of it they are the same
 */
function copyDifference(path: string, maps: readonly DataMap[], records?: readonly Uint8Array[]): string | undefined {
  const folder = `${path}-copy`
  const [shard] = writeShards(maps, { folder }).shards
  const copy = join(folder, shard!.name)
  const isSame =
    records === undefined ? readFileSync(path).equals(readFileSync(copy)) : isDeepStrictEqual(recordsOf(copy), records)
  rmSync(folder, { recursive: true })
  return isSame ? undefined : 'the copy differs'
}

function recordsOf(path: string): Uint8Array[] {
  return Array.from(readTFRecord(path), ({ data }) => Uint8Array.from(data))
}

function pushed(path: string): Uint8Array[] {
  const bytes = readFileSync(path)
  const decoder = new TFRecordDecoder(path)
  const records: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += CHUNK) {
    for (const { data } of decoder.push(bytes.subarray(at, at + CHUNK))) records.push(Uint8Array.from(data))
  }
  for (const { data } of decoder.finish()) records.push(Uint8Array.from(data))
  return records
}

function describe(data: Uint8Array): Described {
  const raw = sha256(data)
  try {
    const example = decodeExample(data)
    return { raw, features: describeFeatures(example), encoded: sha256(encodeExample(example)) }
  } catch (error) {
    if (error instanceof DataError) return { raw, features: null }
    throw error
  }
}

function mapDifference({ example, payload, image, label }: DataMap, record: Described): string | undefined {
  if (sha256((example ?? payload)!) !== record.raw) return 'its data map holds other bytes'
  if (record.features === undefined) return undefined
  if ((example === undefined) !== (record.features === null)) return 'its data map takes it for something else'
  const face = record.features?.[DEFAULT_KEYS.image]
  const [bytes] = face?.kind === 'bytes' && face.values.length === 1 ? face.values : []
  if ((image && hex(image)) !== (bytes || undefined)) return 'its data map has another image'
  const numbers = record.features?.[DEFAULT_KEYS.label]
  const isLabel = numbers !== undefined && numbers.kind !== 'bytes' && numbers.values.length > 0
  if (!isLabel) return label === undefined ? undefined : 'its data map has a label'
  if (label === undefined) return 'its data map has no label'
  const isOneFloat = numbers.kind === 'float' && numbers.values.length === 1
  const found = isOneFloat ? [floatHex(Number(label))] : describeLabel(label).values
  // The stream tells -0 from 0 only in tensors; it is one label.
  const expected = isOneFloat && numbers.values[0] === floatHex(-0) ? [floatHex(0)] : numbers.values
  return isDeepStrictEqual(found, expected)
    ? undefined
    : `its data map has another label: ${JSON.stringify(found)}, not ${JSON.stringify(numbers)}`
}

function describeFeatures(example: Example): Record<string, DescribedFeature> {
  return Object.fromEntries(Array.from(example, ([name, feature]) => [name, describeFeature(feature)]))
}

function describeFeature(feature: Feature): DescribedFeature {
  const { kind } = feature
  if (kind === 'none') return { kind, values: [] }
  if (kind === 'bytes') return { kind, values: feature.values.map(hex) }
  return { kind, values: kind === 'float' ? Array.from(feature.values, floatHex) : Array.from(feature.values, String) }
}

/** Whole numbers are int64s, others floats; so are tensors, by their type. */
function describeLabel(label: Label): DescribedFeature {
  if (typeof label === 'object') {
    const values = Array.from<number | bigint>(tensorValues(label))
    return label.dtype.startsWith('float')
      ? { kind: 'float', values: values.map(value => floatHex(Number(value))) }
      : { kind: 'int64', values: values.map(String) }
  }
  const isWhole = typeof label === 'bigint' || Number.isInteger(label)
  return isWhole ? { kind: 'int64', values: [String(BigInt(label))] } : { kind: 'float', values: [floatHex(label)] }
}

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat(100_000).map(length => new Uint8Array(length).fill(length)),
)
const image = bytes.map(rest => Uint8Array.from([0xff, 0xd8, 0xff, 0xe0, ...rest]))
const int64 = fc.oneof(fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n), fc.integer().map(BigInt))
const feature: fc.Arbitrary<Feature> = fc.oneof(
  fc.array(bytes, { maxLength: 5 }).map(values => ({ kind: 'bytes' as const, values })),
  fc.array(fc.float(), { maxLength: 9 }).map(values => ({ kind: 'float' as const, values: Float32Array.from(values) })),
  fc.array(int64, { maxLength: 9 }).map(values => ({ kind: 'int64' as const, values: BigInt64Array.from(values) })),
  fc.constant({ kind: 'none' as const }),
)
const name = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('image_raw', 'label', 'image/encoded'))
const example = fc.array(fc.tuple(name, feature), { maxLength: 6 }).map((entries): Example => new Map(entries))
const label: fc.Arbitrary<Label> = fc.oneof(
  fc.nat(100_000),
  fc.maxSafeInteger(),
  int64,
  fc.float().filter(value => !Number.isInteger(value) || Math.abs(value) < 2 ** 63),
  fc.array(fc.float(), { minLength: 1, maxLength: 9 }).map(values => tensorOf(Float32Array.from(values))),
  fc.array(fc.float(), { minLength: 1, maxLength: 9 }).map(values => tensorOf(Float64Array.from(values))),
  fc.array(fc.integer(), { minLength: 1, maxLength: 9 }).map(values => tensorOf(Int32Array.from(values))),
  fc.array(int64, { minLength: 1, maxLength: 9 }).map(values => tensorOf(BigInt64Array.from(values))),
)

/** A data map, and what becomes of it under given names. */
interface Written {
  map: DataMap
  record: (keys: ExampleKeys) => Described
}

const written: fc.Arbitrary<Written> = fc.oneof(
  fc.record({ image, label: fc.option(label, { nil: undefined }) }).map(fields => ({
    map: fields.label === undefined ? { image: fields.image } : fields,
    record: (keys: ExampleKeys) => ({ features: describeFeatures(exampleWith(new Map(), fields, keys)) }),
  })),
  example.map(example => {
    const bytes = encodeExample(example)
    const record = { raw: sha256(bytes), features: describeFeatures(example) }
    return { map: { example: bytes }, record: () => record }
  }),
  // A stage has put another image and label into the map.
  fc.record({ example, image, label: fc.integer({ min: 2 ** 20 }) }).map(({ example, ...fields }) => ({
    map: { example: encodeExample(example), ...fields },
    record: (keys: ExampleKeys) => ({ features: describeFeatures(exampleWith(example, fields, keys)) }),
  })),
  bytes.map(payload => ({ map: { payload }, record: () => ({ raw: sha256(payload) }) })),
)
const anySet = fc.record({
  all: fc.array(written, { minLength: 1, maxLength: 20 }),
  shards: fc.integer({ min: 1, max: 4 }),
  compression: fc.constantFrom(undefined, 'gzip' as const, 'zlib' as const),
  keys: fc.constantFrom(DEFAULT_KEYS, { image: 'image/encoded', label: 'image/class/label' }),
  seed: fc.option(fc.nat(), { nil: undefined }),
})

function write(folder: string, files: number, seed: number): File[] {
  return fc.sample(anySet, { numRuns: files, seed }).map(({ all, shards, compression, keys, seed }, number) => {
    const file = String(number).padStart(4, '0')
    const maps = all.map(({ map }, id) => ({ id, ...map }))
    const manifest = writeShards(maps, { folder: join(folder, file), shards, compression, keys, seed })
    // Record i goes to shard i modulo their number.
    const order = Array.from({ length: shards }, (_, shard) => all.filter((_, i) => i % shards === shard)).flat()
    return {
      file,
      compression: compression === undefined ? '' : (compression.toUpperCase() as 'GZIP' | 'ZLIB'),
      files: manifest.shards.map(({ name }) => join(file, name)),
      shuffled: seed !== undefined,
      records: order.map(({ record }) => record(keys)),
    }
  })
}

function exampleWith(example: Example, { image, label }: DataMap, keys: ExampleKeys): Example {
  const changed: Example = new Map(example)
  changed.set(keys.image, { kind: 'bytes', values: [image!] })
  if (label === undefined) return changed
  const { kind, values } = describeLabel(label)
  if (kind === 'int64') changed.set(keys.label, { kind, values: BigInt64Array.from(values, BigInt) })
  else {
    const floats = typeof label === 'object' ? Array.from(tensorValues(label), Number) : [Number(label)]
    changed.set(keys.label, { kind: 'float', values: Float32Array.from(floats) })
  }
  return changed
}

function floatHex(value: number): string {
  if (Number.isNaN(value)) return '0000c07f'
  const bytes = Buffer.alloc(4)
  bytes.writeFloatLE(value)
  return bytes.toString('hex')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
