import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeExample, type Feature, TFRecordDecoder, TFRecordWriter } from '../src/index.js'

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** What TensorFlow says of the records it wrote. */
export function recordsOf(data: string, name: string): { len: number; sha256: string }[] {
  return JSON.parse(readFileSync(join(data, 'tfrecord', `${name}.json`), 'utf8')).records
}

/** The bytes of a TFRecord file. */
export function tfrecordOf(records: Uint8Array[]): Buffer {
  const chunks: Buffer[] = []
  const writer = new TFRecordWriter(bytes => chunks.push(Buffer.from(bytes)))
  for (const record of records) writer.write(record)
  writer.flush()
  return Buffer.concat(chunks)
}

/** Copies of the records in the chunks of a TFRecord file. */
export function decoded(chunks: Iterable<Uint8Array>, file = 'x.tfrecord'): Buffer[] {
  const decoder = new TFRecordDecoder(file)
  const records: Buffer[] = []
  try {
    for (const chunk of chunks) for (const { data } of decoder.push(chunk)) records.push(Buffer.from(data))
    for (const { data } of decoder.finish()) records.push(Buffer.from(data))
  } finally {
    decoder.close()
  }
  return records
}

/** The bytes in pieces of a size. */
export function pieces(bytes: Uint8Array, size: number): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}

/** How often a property is tried: the environment asks for more in a long run. */
export function runs(usual: number): number {
  return Number(process.env.TINY_FACE_RUNS ?? usual)
}

export function faceExample(image: Uint8Array, label: number): Buffer {
  const features: [string, Feature][] = [
    ['image_raw', { kind: 'bytes', values: [image] }],
    ['label', { kind: 'int64', values: BigInt64Array.of(BigInt(label)) }],
  ]
  return encodeExample(new Map(features))
}

/** Bytes that differ from record to record, and begin as a JPEG does. */
export function fakeImage(index: number, size = 20): Buffer {
  return Buffer.alloc(size, Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), Buffer.from(`image ${index} `)]))
}

/** A folder for a test that asks the disk again and again to be safe: in memory, where the system has such a place. */
export function scratch(t: { teardown(after: () => void): unknown }, ...folders: string[]): string {
  const memory = '/dev/shm'
  const path = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'tiny-face-'))
  for (const folder of folders) mkdirSync(join(path, folder))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  return path
}
