import { createHash } from 'node:crypto'
import { say } from '@tiny-face/command-shell'
import { copyRecord, personOf, stdinRecords } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { openShards } from '@tiny-face/tfrecord-stream'
import { checkLabels } from './check-labels.js'
import { addRecord, fingerprintOfShards } from './data-fingerprint.js'

/** The images that a stream on standard input may hold: they are kept in memory. */
export const MAX_STREAM_BYTES = 4 * 2 ** 30

/** Labelled images, in any order. */
export interface TrainingSet {
  readonly count: number
  /** Labels are 0 … classes - 1. */
  readonly classes: number
  readonly source: string
  /** Tells its images and labels from those of other sets: see data-fingerprint.ts. */
  readonly fingerprint: string
  /** Records whose label is several numbers, of which the first is taken. */
  readonly several: number
  /** The command that writes the set as a record stream, for messages. */
  readonly dump: string
  label(index: number): number
  /** An encoded image. */
  image(index: number): Uint8Array
  /** The record's `id` in its source; of shards the one that tfrecord-dump gives it. */
  id(index: number): string
  close(): void
}

/**
 * Opens shards (files, or folders of them), or takes the record stream on standard input for `-`. Says on stderr what is odd about
 * the labels and can be trained on all the same.
 *
 * @throws DataError where a record has no image or label, or nothing can be learnt from the labels: see checkLabels
 */
export function openTrainingSet(paths: readonly string[], options: { unframed?: boolean } = {}): TrainingSet {
  const set = paths.length === 1 && paths[0] === '-' ? fromStream(options) : fromShards(paths)
  for (const remark of checkLabels(set)) say(remark)
  return set
}

function fromShards(paths: readonly string[]): TrainingSet {
  const shards = openShards(paths)
  return {
    count: shards.count,
    classes: shards.classes ?? classesOf(shards),
    source: paths.join(' '),
    fingerprint: fingerprintOfShards(paths, shards),
    several: shards.several,
    dump: `tfrecord-dump ${paths.map(quoted).join(' ')}`,
    label: index => shards.label(index),
    image: index => shards.read(index).image,
    id: index => `${shards.place(index).id}`,
    close: () => shards.close(),
  }
}

function fromStream(options: { unframed?: boolean }): TrainingSet {
  const reader = stdinRecords(options)
  const { classes, source = 'standard input' } = reader.begin
  const labels: number[] = []
  const images: Uint8Array[] = []
  const ids: string[] = []
  const hash = createHash('sha256')
  let several = 0
  let bytes = 0
  for (const record of reader) {
    const { id, image, label } = record
    const place = { file: source, record: images.length, ...(id === undefined ? {} : { id }) }
    if (image === undefined) throw new DataError({ ...place, expected: 'an image', found: 'none' })
    const person = personOf(label)
    if (person === undefined) {
      const found = label === undefined ? 'none' : typeof label === 'object' ? 'several, none first' : `${label}`
      throw new DataError({ ...place, expected: 'a whole number of at least 0 as label', found })
    }
    if (typeof label === 'object') several++
    bytes += image.byteLength
    if (bytes > MAX_STREAM_BYTES) {
      throw new DataError({
        ...place,
        expected: `at most ${MAX_STREAM_BYTES} bytes of images in a stream`,
        found: 'more; write shards with tfrecord-write',
      })
    }
    addRecord(hash, person, image)
    labels.push(person)
    images.push(copyRecord({ image }).image!)
    ids.push(`${id ?? ids.length}`)
  }
  const set = { count: labels.length, label: (index: number) => labels[index]! }
  return {
    ...set,
    classes: classes ?? classesOf(set),
    source,
    fingerprint: hash.digest('hex'),
    several,
    dump: '…',
    image: index => images[index]!,
    id: index => ids[index]!,
    close() {},
  }
}

/** As a shell takes it for one word. */
function quoted(path: string): string {
  return /^[\w./=+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}

function classesOf({ count, label }: Pick<TrainingSet, 'count' | 'label'>): number {
  let classes = 0
  for (let i = 0; i < count; i++) classes = Math.max(classes, label(i) + 1)
  return classes
}
