import { KIND_BYTES } from '@tiny-face/file-signatures'
import { Inflater } from '@tiny-face/zlib-stream'
import { type TFRecord, tfrecordCompression } from './tfrecord.js'
import { TFRecordParser } from './tfrecord-parser.js'

/**
 * The bytes of a TFRecord file in, records out: `push` chunks of any size, then `finish`. GZIP and ZLIB are told by the
 * first bytes and unpacked; offsets are then those of the unpacked bytes, and messages say so.
 */
export class TFRecordDecoder {
  readonly #file: string
  /** The first bytes, until there are enough to tell what the file is. */
  #head = Buffer.alloc(0)
  #parser: TFRecordParser | undefined
  #inflater: Inflater | undefined

  /** @param file what messages call the source */
  constructor(file: string) {
    this.#file = file
  }

  /**
   * Yields the records that the chunk completes; data is valid until the next record is asked for.
   *
   * @throws DataError where the bytes are wrong
   */
  *push(chunk: Uint8Array): Generator<TFRecord, void, undefined> {
    if (this.#parser !== undefined) yield* this.#parse(this.#parser, chunk)
    else {
      this.#head = Buffer.concat([this.#head, chunk])
      if (this.#head.length >= KIND_BYTES) yield* this.#parse(this.#begin(), this.#head)
    }
  }

  /** @throws DataError where the file is cut off */
  *finish(): Generator<TFRecord, void, undefined> {
    if (this.#parser === undefined) yield* this.#parse(this.#begin(), this.#head)
    const parser = this.#parser!
    if (this.#inflater !== undefined) for (const unpacked of this.#inflater.finish()) yield* parser.push(unpacked)
    parser.finish()
  }

  /** Gives back what is held outside of JavaScript; needed only where the end is not reached. */
  close(): void {
    this.#inflater?.close()
  }

  #begin(): TFRecordParser {
    const compression = tfrecordCompression(this.#head)
    if (compression !== undefined) this.#inflater = new Inflater(compression, this.#file)
    this.#parser = new TFRecordParser(compression === undefined ? this.#file : `${this.#file} (unpacked)`)
    return this.#parser
  }

  *#parse(parser: TFRecordParser, bytes: Uint8Array): Generator<TFRecord, void, undefined> {
    if (this.#inflater === undefined) yield* parser.push(bytes)
    else for (const unpacked of this.#inflater.push(bytes)) yield* parser.push(unpacked)
  }
}

/**
 * Chunks of bytes to records, as `TFRecordDecoder` does.
 *
 * @param file what messages call the source
 * @throws DataError where the bytes are wrong
 */
export async function* decodeTFRecord(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file = 'TFRecord',
): AsyncGenerator<TFRecord, void, undefined> {
  const decoder = new TFRecordDecoder(file)
  try {
    for await (const chunk of chunks) yield* decoder.push(chunk)
    yield* decoder.finish()
  } finally {
    decoder.close()
  }
}
