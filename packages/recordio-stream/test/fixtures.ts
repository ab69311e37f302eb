import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { MAGIC, RecordScanner } from '../src/scan-records.js'

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
  const scanner = new RecordScanner(file)
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
