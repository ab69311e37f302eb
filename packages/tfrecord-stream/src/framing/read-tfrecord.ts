import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { KIND_BYTES } from '@tiny-face/file-signatures'
import { DataError, readChunk } from '@tiny-face/safe-files'
import type { Compression } from '@tiny-face/zlib-stream'
import { TFRecordDecoder } from './decode-tfrecord.js'
import { type TFRecord, tfrecordCompression } from './tfrecord.js'
import { TFRecordParser } from './tfrecord-parser.js'

const CHUNK = 1 << 16

/** The records of an uncompressed file that begin at `start` (a record does; its number is `record`) … `end` - 1. */
export interface RecordRange {
  start: number
  record: number
  end: number
}

/**
 * The records of a file or pipe, synchronously. GZIP and ZLIB are told by the first bytes and unpacked. Both CRCs are
 * checked. Data is valid until the next record is asked for: copy what is kept.
 *
 * @throws DataError where the bytes are wrong
 */
export function* readTFRecord(path: string, range: Partial<RecordRange> = {}): Generator<TFRecord, void, undefined> {
  const { start = 0, record: number = 0, end = Number.POSITIVE_INFINITY } = range
  const fd = openSync(path, 'r')
  try {
    const head = start === 0 ? readHead(fd) : Buffer.alloc(0)
    if (tfrecordCompression(head) !== undefined) {
      yield* unpack(fd, head, path)
      return
    }
    const parser = new TFRecordParser(path, { offset: start, record: number })
    parser.room().set(head)
    parser.filled(head.length)
    for (let position = start; ; ) {
      const room = parser.room()
      // A pipe has no positions; what begins in the middle is no pipe.
      const size = start === 0 ? readChunk(fd, room) : readSync(fd, room, 0, room.length, position)
      position += size
      parser.filled(size)
      while (parser.offset < end) {
        const record = parser.next()
        if (record === undefined) break
        yield record
      }
      if (parser.offset >= end) return
      if (size === 0) break
    }
    parser.finish()
  } finally {
    closeSync(fd)
  }
}

function* unpack(fd: number, head: Buffer, path: string): Generator<TFRecord, void, undefined> {
  const decoder = new TFRecordDecoder(path)
  try {
    yield* decoder.push(head)
    const chunk = Buffer.allocUnsafeSlow(CHUNK)
    for (let size = readChunk(fd, chunk); size > 0; size = readChunk(fd, chunk))
      yield* decoder.push(chunk.subarray(0, size))
    yield* decoder.finish()
  } finally {
    decoder.close()
  }
}

/**
 * How a file is compressed, if it is.
 *
 * @throws DataError where it is a pipe or the like: what is read of that is gone
 */
export function fileCompression(path: string): Compression | undefined {
  if (!statSync(path).isFile())
    throw new DataError({ file: path, expected: 'a file, to be read more than once', found: 'a pipe or device' })
  const fd = openSync(path, 'r')
  try {
    return tfrecordCompression(readHead(fd))
  } finally {
    closeSync(fd)
  }
}

/** The first bytes: as many as tell what the file is, or all there are. */
function readHead(fd: number): Buffer {
  const head = Buffer.alloc(KIND_BYTES)
  let size = 0
  for (let more = 1; more > 0 && size < head.length; size += more) more = readChunk(fd, head, size)
  return head.subarray(0, size)
}
