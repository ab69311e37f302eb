import type { DataMap } from '@tiny-face/record-stream'
import { RecordIOParser } from '../framing/recordio-parser.js'
import { RecordUnpacker } from '../image-record.js'

/**
 * Chunks of a `.rec` file, from wherever they come, as data maps, with the record's number from 0 as `id`; else as
 * `readRecordIO`. Bytes in a data map are valid only until the next one is asked for: copy what is kept.
 *
 * @param options.all every record with its `recordio` field, instead of just the images
 * @param options.file what messages call the chunks
 * @throws DataError where bytes are wrong, or stop within a record
 */
export async function* decodeRecordIO(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { all = false, file }: { all?: boolean; file?: string } = {},
): AsyncGenerator<DataMap, void, undefined> {
  const scanner = new RecordIOParser(file)
  const unpacker = new RecordUnpacker(all)
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const room = scanner.room()
      const size = Math.min(room.length, chunk.length - at)
      room.set(chunk.subarray(at, at + size))
      scanner.filled(size)
      at += size
      for (let record = scanner.next(); record !== undefined; record = scanner.next()) {
        const map = unpacker.unpack(record, scanner.count - 1)
        if (map !== undefined) yield map
      }
    }
  }
  scanner.finish()
}
