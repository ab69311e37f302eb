import type { DataMap } from '@tiny-face/record-stream'
import { requireImage, type ShardFormat } from '@tiny-face/shard-writer'
import type { Compression } from '@tiny-face/zlib-stream'
import { decodeExample } from '../example/decode-example.js'
import { recordFace } from '../example/dump-record.js'
import { FaceEncoder, MAX_FACE_LABEL } from '../example/encode-face.js'
import { DEFAULT_KEYS, type ExampleKeys } from '../example/example-keys.js'
import { exampleBytes, exampleFields } from '../example/example-record.js'
import { peekExample } from '../example/peek-example.js'
import { FOOTER_BYTES, HEADER_BYTES } from '../framing/tfrecord.js'
import { writeFace, writeRecord } from '../framing/write-tfrecord.js'
import { FORMAT } from './manifest.js'

const SUFFIXES = { none: '', gzip: '.gz', zlib: '.zlib' } as const

/**
 * TFRecord files as `writeShards` writes them: records are what `exampleBytes` makes of data maps.
 *
 * @param keys the features that hold image and label
 */
export function tfrecordFormat(keys: ExampleKeys = DEFAULT_KEYS, compression?: Compression): ShardFormat {
  const faces = new FaceEncoder(keys)
  const five = (number: number) => String(number).padStart(5, '0')
  return {
    name: FORMAT,
    compression,
    options: { '--image-key': keys.image, '--label-key': keys.label },
    manifestFields: { keys: { image: keys.image, label: keys.label } },
    shardName: (index, shards) => `train-${five(index)}-of-${five(shards)}.tfrecord${SUFFIXES[compression ?? 'none']}`,
    write(record, _, out) {
      const { image, label, example, payload } = record
      if (example === undefined && image !== undefined) requireImage(record)
      // The hot path: no Example is made of it first.
      if (example === undefined && image !== undefined && isFaceLabel(label)) writeFace(out, faces, image, label)
      else writeRecord(out, exampleBytes(record, keys))
      return (example ?? image ?? payload!).byteLength
    },
    faceOf({ image, label, example }) {
      if (example === undefined) return { image, label }
      const held = peekExample(example, keys) ?? exampleFields(decodeExample(example), keys)
      return { image: image ?? held.image, label: label ?? held.label }
    },
    holdsImage: entry => recordFace(entry.subarray(HEADER_BYTES, -FOOTER_BYTES), keys) !== undefined,
  }
}

function isFaceLabel(label: DataMap['label']): label is number {
  return typeof label === 'number' && label >= 0 && label <= MAX_FACE_LABEL && Number.isInteger(label)
}
