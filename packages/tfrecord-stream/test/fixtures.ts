import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeExample, type Feature, TFRecordWriter } from '../src/index.js'

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

export function faceExample(image: Uint8Array, label: number): Buffer {
  const features: [string, Feature][] = [
    ['image_raw', { kind: 'bytes', values: [image] }],
    ['label', { kind: 'int64', values: BigInt64Array.of(BigInt(label)) }],
  ]
  return encodeExample(new Map(features))
}

/** Bytes that differ from record to record. */
export function fakeImage(index: number, size = 20): Buffer {
  return Buffer.alloc(size, `image ${index} `)
}
