import { closeSync, createReadStream, openSync, readSync } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { DataError, readChunk } from '@tiny-face/record-stream'
import { HEADER_BYTES, isGzip, type TFRecord } from './tfrecord.js'
import { TFRecordParser } from './tfrecord-parser.js'

const CHUNK = 1 << 20

/**
 * The records of a file, synchronously: the fast path. Both CRCs are checked. Data is valid until the next record is asked
 * for: copy what is kept.
 *
 * @throws DataError where the bytes are wrong, or compressed (`readTFRecordAsync` reads those too)
 */
export function* readTFRecord(path: string): Generator<TFRecord, void, undefined> {
  const fd = openSync(path, 'r')
  try {
    if (hasGzipMagic(fd)) throw new DataError({ file: path, expected: 'an uncompressed TFRecord', found: 'GZIP' })
    const parser = new TFRecordParser(path)
    const chunk = Buffer.allocUnsafeSlow(CHUNK)
    for (let size = readChunk(fd, chunk); size > 0; size = readChunk(fd, chunk))
      yield* parser.push(chunk.subarray(0, size))
    parser.finish()
  } finally {
    closeSync(fd)
  }
}

/** The same as an async iterable; reads GZIP, told by its magic number, as well. Offsets are those of the uncompressed bytes. */
export async function* readTFRecordAsync(path: string): AsyncGenerator<TFRecord, void, undefined> {
  if (isGzipFile(path)) yield* decodeTFRecord(gunzip(path), path)
  else yield* readTFRecord(path)
}

/**
 * Chunks of (uncompressed) bytes to records.
 *
 * @param file what messages call the source
 * @throws DataError where the bytes are wrong
 */
export async function* decodeTFRecord(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file = 'TFRecord',
): AsyncGenerator<TFRecord, void, undefined> {
  const parser = new TFRecordParser(file)
  for await (const chunk of chunks) yield* parser.push(chunk)
  parser.finish()
}

export function isGzipFile(path: string): boolean {
  const fd = openSync(path, 'r')
  try {
    return hasGzipMagic(fd)
  } finally {
    closeSync(fd)
  }
}

function hasGzipMagic(fd: number): boolean {
  const head = Buffer.alloc(HEADER_BYTES)
  return isGzip(head.subarray(0, readSync(fd, head, 0, HEADER_BYTES, 0)))
}

async function* gunzip(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const input = createReadStream(path, { highWaterMark: CHUNK })
  const output = createGunzip({ chunkSize: CHUNK })
  input.on('error', error => output.destroy(error)).pipe(output)
  try {
    for await (const chunk of output) yield chunk as Uint8Array
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    if (!code?.startsWith('Z_')) throw cause
    throw new DataError({ file: path, expected: 'a whole GZIP file', found: message, cause })
  } finally {
    input.destroy()
  }
}
