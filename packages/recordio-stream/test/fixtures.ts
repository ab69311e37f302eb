import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DataMap } from '@tiny-face/record-stream'
import fc from 'fast-check'
import type { Test } from 'tap'
import { MAGIC } from '../src/framing/part-header.js'
import { RecordIOParser } from '../src/framing/recordio-parser.js'
import { packCarried } from '../src/image-record.js'

/** One entry of a manifest: what MXNet reads back from a file. */
export interface ManifestRecord {
  key: number
  offset: number
  raw_len: number
  flag: number
  label: number | number[]
  id: number
  id2: number
  payload_len: number
  payload_sha256: string
}

/** A manifest's ids are kept whole: those beyond 2^53 as BigInt, as we read them. */
export function parseManifest(text: string): { records: ManifestRecord[]; payload_hex?: (string | null)[] } {
  const exact = text.replace(/"(id2?)": (\d{16,})/g, '"$1": "$2"')
  return JSON.parse(exact, (key, value) => (/^id2?$/.test(key) && typeof value === 'string' ? BigInt(value) : value))
}

/** A folder for one test. */
export function scratch(t: Test): string {
  const folder = mkdtempSync(join(tmpdir(), 'recordio-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  return folder
}

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** Every file of the shared data, without its ending. */
export const FILES = [
  'lfw_min10/train',
  'insightface_orl/train',
  'insightface_orl_vector2/train',
  'im2rec/orl_enc',
  'im2rec/orl_pack',
  'im2rec/orl_pass',
  'magic/m',
  'raw/raw',
  'vector_labels/v',
]

/** A part of a record, by dmlc-core's layout: an independent writer of the few bytes a test needs. */
export function part(cflag: number, payload: Uint8Array | string): Buffer {
  const bytes = Buffer.from(payload as Uint8Array)
  const header = Buffer.alloc(8)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt32LE(((cflag << 29) | bytes.length) >>> 0, 4)
  return Buffer.concat([header, bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])
}

/** A record of MXNet's: IRHeader, labels, payload. */
export function irRecord(label: number | number[], id: number | bigint, payload: Uint8Array): Buffer {
  const labels = typeof label === 'number' ? [] : label
  const header = Buffer.alloc(24 + 4 * labels.length)
  header.writeUInt32LE(labels.length, 0)
  if (typeof label === 'number') header.writeFloatLE(label, 4)
  header.writeBigUInt64LE(BigInt(id), 8)
  for (const [i, value] of labels.entries()) header.writeFloatLE(value, 24 + 4 * i)
  return Buffer.concat([header, payload])
}

/** The smallest bytes that are taken for a JPEG; `seed` makes them differ. */
export function tinyImage(seed: number, length = 13): Buffer {
  const bytes = Buffer.alloc(length, seed)
  bytes.set([0xff, 0xd8, 0xff, 0xe0])
  return bytes
}

/** All records that a scanner finds, given the file in chunks of one size. */
export function scan(bytes: Uint8Array, chunk = bytes.length, file = 'x.rec'): { offset: number; record: Buffer }[] {
  const scanner = new RecordIOParser(file)
  const records: { offset: number; record: Buffer }[] = []
  for (let at = 0; at < bytes.length; ) {
    const room = scanner.room()
    const size = Math.min(chunk, room.length, bytes.length - at)
    room.set(bytes.subarray(at, at + size))
    scanner.filled(size)
    at += size
    for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
      records.push({ offset: scanner.offset, record: Buffer.from(record) })
    }
  }
  scanner.finish()
  return records
}

/** A record cut into parts where it holds the magic number, as dmlc-core's writer does. */
export function frame(record: Uint8Array): Buffer {
  const cuts: number[] = []
  for (let at = 0; at + 4 <= record.length; at += 4) {
    if (Buffer.from(record.subarray(at, at + 4)).readUInt32LE() === MAGIC) cuts.push(at)
  }
  if (cuts.length === 0) return part(0, record)
  const starts = [0, ...cuts.map(cut => cut + 4)]
  return Buffer.concat(
    starts.map((start, i) => {
      const cflag = i === 0 ? 1 : i === cuts.length ? 3 : 2
      return part(cflag, record.subarray(start, cuts[i] ?? record.length))
    }),
  )
}

/** How often a property is tried: more where `TINY_FACE_RUNS` says so. */
export function runs(usual: number): number {
  return Number(process.env.TINY_FACE_RUNS || usual)
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map(array => Buffer.from(array))
const word = fc.oneof(
  fc.constant(Buffer.from([0x0a, 0x23, 0xd7, 0xce])),
  fc.constant(Buffer.alloc(4)),
  fc.uint8Array({ minLength: 4, maxLength: 4 }).map(array => Buffer.from(array)),
)
const words = fc.tuple(fc.array(word, { maxLength: 8 }), bytes(3)).map(([all, rest]) => Buffer.concat([...all, rest]))
const label = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 9 }),
)
const image = fc.tuple(fc.nat(255), fc.integer({ min: 4, max: 60 })).map(([seed, length]) => tinyImage(seed, length))

/** Any record: bytes, empty, with the magic number at multiples of 4 or elsewhere, rows of MXNet's with ids to 2^64 - 1. */
export const anyRecord: fc.Arbitrary<Buffer> = fc.oneof(
  bytes(60),
  words,
  fc.tuple(label, fc.bigInt(0n, 2n ** 64n - 1n), fc.oneof(image, words)).map(row => irRecord(...row)),
)

export interface GeneratedFile {
  records: Buffer[]
  bytes: Buffer
  /** Where each record begins. */
  offsets: number[]
  /** The index, its keys in no order. */
  index: string
  keys: number[]
}

/** A file of any records, and an index of them. */
export const anyFile: fc.Arbitrary<GeneratedFile> = fc
  .tuple(fc.array(anyRecord, { minLength: 1, maxLength: 12 }), fc.infiniteStream(fc.nat(1 << 20)))
  .map(([records, numbers]) => {
    const keys = [...new Set(take(numbers, 10 * records.length))].slice(0, records.length)
    while (keys.length < records.length) keys.push((1 << 20) + keys.length)
    return generatedFile(records, keys)
  })

export function generatedFile(records: Buffer[], keys = [...records.keys()]): GeneratedFile {
  const framed = records.map(frame)
  let end = 0
  const offsets = framed.map(({ length }) => {
    end += length
    return end - length
  })
  const index = keys.map((key, i) => `${key}\t${offsets[i]}\n`).join('')
  return { records, bytes: Buffer.concat(framed), offsets, index, keys }
}

function take<T>(stream: Iterator<T>, count: number): T[] {
  return Array.from({ length: count }, () => stream.next().value as T)
}

/** What a record was before `readRecordIO` with `all` unpacked it. */
export function repacked(record: DataMap): Buffer {
  const { header, payload } = packCarried(record)
  return Buffer.concat([header, payload])
}
