/** The record stream as async iterables and Node streams, for programs that are not a stage of a pipe. */
import { Duplex } from 'node:stream'
import { Encoder } from './encode.js'
import { type BeginFields, copyRecord, type DataMap, STREAM_VERSION } from './record.js'
import { type DecodeOptions, RecordDecoder } from './record-decoder.js'

/**
 * Chunks of bytes to data maps. Bytes in a map are valid only until the next one is asked for: copy what is kept.
 *
 * @throws DataError where bytes are wrong, the stream stops before its end, or its count does not match
 */
export async function* decodeRecords(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  options: DecodeOptions = {},
): AsyncGenerator<DataMap, void, undefined> {
  const decoder = new RecordDecoder(options)
  for await (const chunk of chunks) {
    decoder.room(chunk.byteLength).set(chunk)
    decoder.filled(chunk.byteLength)
    for (let record = decoder.next(); record !== undefined; record = decoder.next()) yield record
  }
  decoder.finish()
}

/** Data maps to chunks of bytes: one segment, begin and end included. */
export async function* encodeRecords(
  records: AsyncIterable<DataMap> | Iterable<DataMap>,
  begin: BeginFields = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  let ready: Uint8Array[] = []
  const encoder = new Encoder(bytes => ready.push(Uint8Array.from(bytes)))
  let count = 0
  encoder.map({ begin: STREAM_VERSION, ...begin })
  for await (const record of records) {
    encoder.map(record)
    count++
    if (ready.length > 0) {
      yield* ready
      ready = []
    }
  }
  encoder.map({ end: true, count })
  encoder.flush()
  yield* ready
}

/** A Node stream: bytes written, data maps read. Each map owns its bytes. */
export function decodeStream(options: DecodeOptions = {}): Duplex {
  return Duplex.from(async function* (chunks: AsyncIterable<Uint8Array>) {
    for await (const record of decodeRecords(chunks, options)) yield copyRecord(record)
  })
}

/** A Node stream: data maps written, bytes read. */
export function encodeStream(begin: BeginFields = {}): Duplex {
  return Duplex.from((records: AsyncIterable<DataMap>) => encodeRecords(records, begin))
}
