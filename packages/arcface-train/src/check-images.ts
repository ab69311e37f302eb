import { DataError } from '@tiny-face/record-stream'
import type { TrainingSet } from './training-set.js'
import type { ImageFault } from './workers/image-task.js'
import { ImageThreads } from './workers/image-threads.js'
import { packImages } from './workers/pack-images.js'

export interface DamagedRecord {
  /** Its index in the set. */
  readonly record: number
  readonly id: string
  readonly reason: string
}

export interface CheckImagesOptions {
  /** Height and width that an image must have. */
  readonly size: number
  /** Called as images are done, with how many more. */
  readonly onProgress?: (images: number) => void
  readonly threads?: number
}

/** Images that a thread is given at a time. */
const TASK = 64

/** The records that cannot be trained on, in their order: those that do not decode, or are not of the size. */
export async function checkImages(set: TrainingSet, options: CheckImagesOptions): Promise<DamagedRecord[]> {
  const { size, onProgress } = options
  const normalisation = { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] } as const
  const threads = new ImageThreads({ size, seed: 0, augment: {}, normalisation }, options.threads)
  const damaged: DamagedRecord[] = []
  const ahead: Promise<void>[] = []
  const check = async (from: number) => {
    const length = Math.min(TASK, set.count - from)
    const records = Uint32Array.from({ length }, (_, i) => from + i)
    const { faults } = await threads.run({ kind: 'check', epoch: 0, ...packImages(set, records) })
    for (const fault of faults) damaged.push(describe(set, fault))
    onProgress?.(length)
  }
  try {
    for (let from = 0; from < set.count; from += TASK) {
      const checked = check(from)
      // A failure is thrown when it is awaited, not before.
      checked.catch(() => {})
      ahead.push(checked)
      // Two for each thread: one in work, one that waits.
      if (ahead.length === 2 * threads.count) await ahead.shift()
    }
    await Promise.all(ahead)
  } finally {
    await threads.close()
  }
  return damaged.sort((a, b) => a.record - b.record)
}

/**
 * The set without some of its records; the others keep their ids, and move up.
 *
 * @throws DataError where none is left
 */
export function withoutRecords(set: TrainingSet, damaged: readonly Pick<DamagedRecord, 'record'>[]): TrainingSet {
  const left = new Set(damaged.map(({ record }) => record))
  const kept = Uint32Array.from({ length: set.count }, (_, record) => record).filter(record => !left.has(record))
  if (kept.length === 0) throw new DataError({ file: set.source, expected: 'images that decode', found: 'none' })
  return {
    count: kept.length,
    classes: set.classes,
    source: set.source,
    label: index => set.label(kept[index]!),
    image: index => set.image(kept[index]!),
    id: index => set.id(kept[index]!),
    close: () => set.close(),
  }
}

function describe(set: TrainingSet, { record, fault }: ImageFault): DamagedRecord {
  return { record, id: set.id(record), reason: new DataError(fault).message }
}
