import { DataError } from '@tiny-face/safe-files'
import { type DataMap } from '@tiny-face/record-stream'
import { FaceEncoder, MAX_FACE_LABEL } from './encode-face.js'
import { type ExampleKeys, exampleBytes } from './example-record.js'
import type { TFRecordWriter } from './write-tfrecord.js'

/** Writes data maps as records of a TFRecord: what `exampleBytes` makes of them, and a face without a detour. */
export class RecordEncoder {
  readonly #keys: ExampleKeys
  readonly #faces: FaceEncoder
  readonly #source: string | undefined
  #record = 0

  /** @param source what messages call the input */
  constructor(keys: ExampleKeys, source?: string) {
    this.#keys = keys
    this.#faces = new FaceEncoder(keys)
    this.#source = source
  }

  /**
   * @returns the bytes that the record came with: of its image, Example or payload
   * @throws DataError where it cannot be an Example
   */
  write(record: DataMap, writer: TFRecordWriter): number {
    const { image, label, example } = record
    try {
      if (example === undefined && image !== undefined && isFaceLabel(label))
        writer.writeFace(this.#faces, image, label)
      else writer.write(exampleBytes(record, this.#keys))
    } catch (error) {
      if (!(error instanceof DataError) || error.record !== undefined) throw error
      throw new DataError({ ...error.fault, file: this.#source, record: this.#record, id: record.id })
    }
    this.#record++
    return (example ?? image ?? record.payload!).byteLength
  }
}

function isFaceLabel(label: DataMap['label']): label is number {
  return typeof label === 'number' && label >= 0 && label <= MAX_FACE_LABEL && Number.isInteger(label)
}
