/**
 * Between tf.train.Examples and data maps. The names are those that Tiny-Face-Recognition's mx2tfrecords.py wrote, unless
 * others are given (`ExampleKeys`):
 *
 *     image_raw   bytes, one value: the encoded image
 *     label       int64, one value; a label that is no whole number, or a vector, as a list of floats or int64s
 */

import { type DataMap, type Label, tensorOf, tensorValues } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { decodeExample } from './decode-example.js'
import { encodeExample } from './encode-example.js'
import type { Example, Feature } from './example.js'
import { DEFAULT_KEYS, type ExampleKeys } from './example-keys.js'

/**
 * The image and the label that an Example holds, so far as it does; the image is a view of its bytes. Bytes are no label:
 * labels are numbers.
 */
export function exampleFields(example: Example, keys: ExampleKeys = DEFAULT_KEYS): Pick<DataMap, 'image' | 'label'> {
  const fields: Pick<DataMap, 'image' | 'label'> = {}
  const label = labelOf(example.get(keys.label))
  if (label !== undefined) fields.label = label
  const image = imageOf(example.get(keys.image))
  if (image !== undefined) fields.image = image
  return fields
}

/**
 * The bytes of a TFRecord's record for a data map: those of its `example`, with image and label replaced where a stage has
 * changed them; an Example of its image and label; or its payload as it is.
 *
 * @throws DataError where the map has none of these, or a label that an Example cannot hold
 */
export function exampleBytes(record: DataMap, keys: ExampleKeys = DEFAULT_KEYS): Uint8Array {
  const { example, image, label, payload } = record
  if (example !== undefined) return updated(example, record, keys)
  if (image !== undefined) return encodeExample(exampleOf(image, label, keys))
  if (payload !== undefined) return payload
  const found = Object.keys(record).join(', ') || 'an empty map'
  throw new DataError({ expected: 'an image, an example or a payload', found })
}

/** An Example of just these, as Tiny-Face-Recognition wrote it. */
function exampleOf(image: Uint8Array, label: Label | undefined, keys: ExampleKeys): Example {
  const example: Example = new Map([[keys.image, { kind: 'bytes', values: [image] }]])
  if (label !== undefined) example.set(keys.label, labelFeature(label))
  return example
}

function updated(bytes: Uint8Array, { image, label }: DataMap, keys: ExampleKeys): Uint8Array {
  const example = decodeExample(bytes)
  const before = exampleFields(example, keys)
  const sameImage = image === undefined || (before.image !== undefined && Buffer.compare(image, before.image) === 0)
  const sameLabel = label === undefined || (before.label !== undefined && equalLabels(label, before.label))
  if (sameImage && sameLabel) return bytes
  if (!sameImage) example.set(keys.image, { kind: 'bytes', values: [image] })
  if (!sameLabel) example.set(keys.label, labelFeature(label))
  return encodeExample(example)
}

function imageOf(feature: Feature | undefined): Uint8Array | undefined {
  if (feature?.kind !== 'bytes' || feature.values.length !== 1) return undefined
  const [image] = feature.values
  return image!.byteLength > 0 ? image : undefined
}

function labelOf(feature: Feature | undefined): Label | undefined {
  if (feature === undefined || feature.kind === 'none' || feature.kind === 'bytes' || feature.values.length === 0)
    return undefined
  if (feature.values.length > 1) return tensorOf(feature.values)
  const label = feature.values[0]!
  return typeof label === 'bigint' && Number.isSafeInteger(Number(label)) ? Number(label) : label
}

function labelFeature(label: Label): Feature {
  if (typeof label === 'bigint' || Number.isInteger(label)) return int64s([BigInt(label as bigint | number)])
  if (typeof label === 'number') return floats([label])
  const values = tensorValues(label)
  return values instanceof Float32Array || values instanceof Float64Array
    ? floats(values)
    : int64s(Array.from(values, BigInt))
}

function int64s(labels: readonly bigint[]): Feature {
  const values = BigInt64Array.from(labels)
  const lost = labels.find((label, index) => label !== values[index])
  if (lost !== undefined) throw new DataError({ expected: 'a label of at most 64 bits, signed', found: `${lost}` })
  return { kind: 'int64', values }
}

function floats(labels: ArrayLike<number>): Feature {
  const values = Float32Array.from(labels)
  const lost = Array.from(labels).find((label, index) => !Object.is(label, values[index]))
  if (lost !== undefined)
    throw new DataError({ expected: 'a label that a 32-bit float holds exactly', found: `${lost}` })
  return { kind: 'float', values }
}

function equalLabels(a: Label, b: Label): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b || (Number.isNaN(a) && Number.isNaN(b))
  return a.dtype === b.dtype && Buffer.compare(a.data, b.data) === 0
}
