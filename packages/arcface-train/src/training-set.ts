import { copyRecord, DataError, type DataMap, stdinRecords } from '@tiny-face/record-stream'
import { openShards } from '@tiny-face/tfrecord-stream'

/** The images that a stream on standard input may hold: they are kept in memory. */
export const MAX_STREAM_BYTES = 4 * 2 ** 30

/** Labelled images, in any order. */
export interface TrainingSet {
  readonly count: number
  /** Labels are 0 … classes - 1. */
  readonly classes: number
  readonly source: string
  label(index: number): number
  /** An encoded image. */
  image(index: number): Uint8Array
  close(): void
}

/**
 * Opens shards (files, or folders of them), or takes the record stream on standard input for `-`.
 *
 * @throws DataError where there are no images, or a label is not a whole number below the number of classes
 */
export function openTrainingSet(paths: readonly string[], options: { unframed?: boolean } = {}): TrainingSet {
  const set = paths.length === 1 && paths[0] === '-' ? fromStream(options) : fromShards(paths)
  if (set.count === 0) throw new DataError({ file: set.source, expected: 'labelled images', found: 'none' })
  for (let i = 0; i < set.count; i++) {
    if (set.label(i) >= set.classes) {
      const expected = `labels below ${set.classes}, the number of classes`
      throw new DataError({ file: set.source, record: i, expected, found: `${set.label(i)}` })
    }
  }
  return set
}

function fromShards(paths: readonly string[]): TrainingSet {
  const shards = openShards(paths)
  let classes = shards.classes ?? 0
  if (shards.classes === undefined)
    for (let i = 0; i < shards.count; i++) classes = Math.max(classes, shards.label(i) + 1)
  return {
    count: shards.count,
    classes,
    source: paths.join(' '),
    label: index => shards.label(index),
    image: index => shards.read(index).image,
    close: () => shards.close(),
  }
}

function fromStream(options: { unframed?: boolean }): TrainingSet {
  const reader = stdinRecords(options)
  const { classes, source = 'standard input' } = reader.begin
  const records: DataMap[] = []
  let bytes = 0
  for (const record of reader) {
    const { id, image, label } = record
    const place = { file: source, record: records.length, ...(id === undefined ? {} : { id }) }
    if (image === undefined) throw new DataError({ ...place, expected: 'an image', found: 'none' })
    if (typeof label !== 'number' || !Number.isInteger(label) || label < 0) {
      throw new DataError({ ...place, expected: 'a whole number of at least 0 as label', found: `${label}` })
    }
    bytes += image.byteLength
    if (bytes > MAX_STREAM_BYTES) {
      throw new DataError({
        ...place,
        expected: `at most ${MAX_STREAM_BYTES} bytes of images in a stream`,
        found: 'more; write shards with tfrecord-write',
      })
    }
    records.push(copyRecord({ image, label }))
  }
  return {
    count: records.length,
    classes: classes ?? records.reduce((most, { label }) => Math.max(most, (label as number) + 1), 0),
    source,
    label: index => records[index]!.label as number,
    image: index => records[index]!.image!,
    close() {},
  }
}
