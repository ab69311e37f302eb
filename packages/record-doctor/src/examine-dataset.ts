import { binRecords, openBin } from '@tiny-face/bin-stream'
import { mapAhead } from '@tiny-face/image-stream'
import { copyRecord, type DataMap } from '@tiny-face/record-stream'
import type { RecordId } from '@tiny-face/safe-files'
import { findDuplicates } from './findings/duplicate-findings.js'
import { findBadClasses } from './findings/find-bad-classes.js'
import { findOddSizes } from './findings/find-odd-sizes.js'
import { findTestOverlaps } from './findings/find-test-overlaps.js'
import { type Finding, worstFirst } from './findings/finding.js'
import { PictureFaults } from './findings/picture-faults.js'
import { ExactIndex } from './look-alikes/exact-index.js'
import { findLookAlikes } from './look-alikes/find-look-alikes.js'
import type { PictureStore } from './picture-store.js'
import { PictureTable } from './picture-table.js'
import { PICTURE_THREADS, PictureThreads } from './picture-threads.js'

export interface ExamineDatasetOptions {
  /** insightface verification sets (`.bin`) that the dataset's people should not be in. */
  tests?: readonly string[]
  /** How many pictures are to come, and of how many classes, where that is known: a stream's `begin`. */
  count?: number | undefined
  classes?: number | undefined
  /** The classes' names, by their numbers. */
  names?: readonly string[] | undefined
  /** Fewest pictures that a class should have: 2 by default, for one has nothing to be drawn to. */
  minImages?: number
  /** Threads that decode pictures: one on each processor by default. */
  threads?: number
  /** Keeps the encoded pictures, row by row. */
  store?: PictureStore | undefined
  /** Called for each picture as it is done. */
  onPicture?: (bytes: number) => void
}

export interface TestSet {
  file: string
  /** Its first row, and the one after its last. */
  from: number
  to: number
}

export interface Examination {
  /** Every picture, the test sets' first. */
  table: PictureTable
  tests: TestSet[]
  /** The dataset's first row. */
  from: number
  images: number
  /** Labels that occur. */
  people: number
  /** Ids that two of the dataset's pictures have, so that none of them is named by it. */
  repeatedIds: ReadonlySet<RecordId>
  /** Pictures whose label is several numbers, of which the first is the person. */
  several: number
  /** The size that most pictures have. */
  usualSize: string | undefined
  names: readonly string[]
  /** Fewest pictures that a class was asked to have. */
  minImages: number
  /** The most harmful first. */
  findings: Finding[]
}

/** Largest count that room is made for ahead, in pictures; there may be more. */
const MAX_EXPECTED = 2 ** 23

/** Pictures that a thread is given at a time, and of large ones bytes. */
const TASK = 64
const TASK_BYTES = 2 ** 18
/** Tasks for each thread: one in work, one that waits. */
const AHEAD = 2

/**
 * Looks through a dataset once, and says what is wrong with it. Header and identity rows of a RecordIO stream are no pictures and
 * are passed over. The result is a function of the records alone, whatever the number of threads.
 *
 * @throws DataError for a test set that cannot be read, and what reading `records` throws
 */
export async function examineDataset(
  records: Iterable<DataMap>,
  options: ExamineDatasetOptions = {},
): Promise<Examination> {
  const { tests: files = [], minImages = 2, onPicture } = options
  const table = new PictureTable(Math.min(options.count ?? 0, MAX_EXPECTED))
  const copies = new Map<number, number>()
  const faults = new PictureFaults()
  const threads = new PictureThreads(options.threads ?? PICTURE_THREADS)

  const addAll = async (source: Iterable<DataMap>, labelled: boolean) => {
    const index = new ExactIndex()
    const examined = mapAhead(tasksOf(source), AHEAD * threads.count, records => threads.examine(records))
    for await (const pictures of examined) {
      for (const picture of pictures) {
        const row = table.add(picture)
        // What does not decode or shows nothing is found as that, and not as like each other.
        const first = picture.fingerprint === undefined ? row : index.firstLike(row, table.digests)
        if (first !== row) copies.set(row, first)
        options.store?.add(picture.bytes)
        faults.add(picture, row, labelled)
        onPicture?.(picture.bytes.length)
      }
    }
  }

  let several = 0
  function* counted(source: Iterable<DataMap>) {
    for (const record of source) {
      if (typeof record.label === 'object') several++
      yield record
    }
  }

  const tests: TestSet[] = []
  let from = 0
  try {
    for (const file of files) {
      const set = openBin(file)
      await addAll(binRecords(set), false)
      set.close()
      tests.push({ file, from, to: table.count })
      from = table.count
    }
    await addAll(counted(records), true)
  } finally {
    await threads.close()
  }

  const classes = findBadClasses(table, { from, classes: options.classes, minImages })
  const sizes = findOddSizes(table, from)
  const { groups, inTests } = findLookAlikes(table, { tests: from, copies })
  const findings = [
    ...faults.findings(),
    ...classes.findings,
    ...sizes.findings,
    ...findDuplicates(groups, table),
    ...findTestOverlaps(inTests, tests, table),
  ]
  return {
    table,
    tests,
    from,
    images: table.count - from,
    people: classes.people,
    repeatedIds: table.repeatedIds(from),
    several,
    usualSize: sizes.usual,
    names: options.names ?? [],
    minImages,
    findings: findings.sort(worstFirst),
  }
}

/** What is used of the records that stand for pictures, in copies: a record's bytes are valid only until the next one is asked for. */
function* tasksOf(records: Iterable<DataMap>): Generator<DataMap[]> {
  let task: DataMap[] = []
  let bytes = 0
  for (const { id, label, image, recordio } of records) {
    if (recordio?.role === 'header' || recordio?.role === 'identity') continue
    task.push(copyRecord({ id, label, image }))
    bytes += image?.length ?? 0
    if (task.length < TASK && bytes < TASK_BYTES) continue
    yield task
    task = []
    bytes = 0
  }
  if (task.length > 0) yield task
}
