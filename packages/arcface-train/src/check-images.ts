import { say } from '@tiny-face/command-shell'
import { mapAhead } from '@tiny-face/image-stream'
import { ALONE, type Job } from '@tiny-face/mpi-session'
import { DataError } from '@tiny-face/safe-files'
import { checkLabels } from './check-labels.js'
import { fingerprintWithout } from './data-fingerprint.js'
import type { TrainingSet } from './training-set.js'
import { ImageThreadPool } from './workers/image-thread-pool.js'
import { packImages } from './workers/pack-images.js'

export interface CheckImagesOptions {
  /** Height and width that an image must have. */
  readonly size: number
  /** Called as images are done, with how many more. */
  readonly onProgress?: (images: number) => void
  /** Which of the images are looked at here, where ranks share them; all of them unless given. */
  readonly place?: Pick<Job, 'rank' | 'ranks'>
  /** Threads that decode; DATA_THREADS unless given. */
  readonly threads?: number
}

export interface CheckedSetOptions extends Omit<CheckImagesOptions, 'place'> {
  /** Whose ranks look at a part of the images each; a process by itself where left out. */
  readonly job?: Job
  /** Leave damaged images out, and list them on stderr, instead of failing. */
  readonly skipDamaged: boolean
}

export interface DamagedRecord {
  /** Its index in the set. */
  readonly record: number
  readonly id: string
  readonly reason: string
}

/**
 * A training set all of whose images decode and have the network's size: every one is decoded once, before the first step. Where some are left
 * out, says what is odd about the labels of the others.
 *
 * @throws DataError where an image is damaged, and it is not left out: names the first; where nothing can be learnt from those that are left;
 *   on all ranks alike
 */
export async function checkedSet(set: TrainingSet, options: CheckedSetOptions): Promise<TrainingSet> {
  const { job = ALONE } = options
  const own = await checkImages(set, { ...options, place: job })
  const damaged = ofAllRanks(job, own)
  const [first] = damaged
  if (first === undefined) return set
  const count = `${damaged.length} of ${set.count} images`
  if (!options.skipDamaged) {
    const { record, id, reason } = first
    const ways = `--skip-damaged leaves them out, image-dump --size ${options.size} makes images of the network's size`
    const message = `${reason}; ${count} cannot be trained on: ${ways}`
    throw new DataError({ file: set.source, record, id, message })
  }
  for (const { record, id, reason } of damaged) say(`left out: record ${record} (id ${id}): ${reason}`)
  say(`${count} left out`)
  const known = new Set(checkLabels(set))
  const rest = withoutRecords(set, damaged)
  for (const remark of checkLabels(rest)) if (!known.has(remark)) say(remark)
  return rest
}

/** What all ranks have found, in the order of the records. */
function ofAllRanks(job: Job, own: readonly DamagedRecord[]): DamagedRecord[] {
  const lists = job.exchange(Buffer.from(JSON.stringify(own))).map(list => JSON.parse(Buffer.from(list).toString()))
  return (lists.flat() as DamagedRecord[]).sort((a, b) => a.record - b.record)
}

/** Images that a thread is given at a time. */
const TASK = 64

/** The records that cannot be trained on, in their order: those that do not decode, or are not of the size. */
export async function checkImages(set: TrainingSet, options: CheckImagesOptions): Promise<DamagedRecord[]> {
  const { size, onProgress, place = ALONE } = options
  const normalisation = { order: 'rgb', mean: [0, 0, 0], std: [1, 1, 1] } as const
  const threads = new ImageThreadPool({ size, seed: 0, augment: {}, normalisation }, options.threads)
  const check = (records: Uint32Array) => threads.run({ epoch: 0, ...packImages(set, records) })
  const damaged: DamagedRecord[] = []
  try {
    // Two tasks for each thread: one in work, one that waits.
    for await (const { faults, checked } of mapAhead(tasksOf(set, place), 2 * threads.count, async records => ({
      faults: await check(records),
      checked: records.length,
    }))) {
      for (const { record, fault } of faults)
        damaged.push({ record, id: set.id(record), reason: new DataError(fault).message })
      onProgress?.(checked)
    }
  } finally {
    await threads.close()
  }
  return damaged
}

function* tasksOf({ count }: TrainingSet, { rank, ranks }: Pick<Job, 'rank' | 'ranks'>): Generator<Uint32Array> {
  for (let from = rank * TASK; from < count; from += ranks * TASK)
    yield Uint32Array.from({ length: Math.min(TASK, count - from) }, (_, i) => from + i)
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
    ...set,
    count: kept.length,
    fingerprint: fingerprintWithout(set.fingerprint, left),
    label: index => set.label(kept[index]!),
    image: index => set.image(kept[index]!),
    id: index => set.id(kept[index]!),
  }
}
