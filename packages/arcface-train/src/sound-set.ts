import { DataError, say } from '@tiny-face/record-stream'
import { checkImages, type DamagedRecord, withoutRecords } from './check-images.js'
import type { TrainingSet } from './training-set.js'

export interface SoundSetOptions {
  /** Height and width that an image must have. */
  readonly size: number
  /** Leave damaged images out, and list them on stderr, instead of failing. */
  readonly skipDamaged: boolean
  /** Called as images are done, with how many more. */
  readonly onProgress?: (images: number) => void
}

/**
 * A training set all of whose images decode and have the network's size: every one is decoded once, before the first step.
 *
 * @throws DataError where one does not, and it is not left out; it names the first
 */
export async function soundSet(set: TrainingSet, options: SoundSetOptions): Promise<TrainingSet> {
  const damaged = await checkImages(set, options)
  if (damaged.length === 0) return set
  const count = `${damaged.length} of ${set.count} images`
  if (!options.skipDamaged) {
    const [first] = damaged as [DamagedRecord]
    const { record, id, reason } = first
    const ways = `--skip-damaged leaves them out, image-dump --size ${options.size} makes images of the network's size`
    const message = `${reason}; ${count} cannot be trained on: ${ways}`
    throw new DataError({ file: set.source, record, id, message })
  }
  for (const { record, id, reason } of damaged) say(`left out: record ${record} (id ${id}): ${reason}`)
  say(`${count} left out`)
  return withoutRecords(set, damaged)
}
