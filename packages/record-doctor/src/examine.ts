import { binRecords, openBin } from '@tiny-face/bin-stream'
import { DECODER_THREADS, mapAhead } from '@tiny-face/image-stream'
import { copyRecord, type DataMap } from '@tiny-face/record-stream'
import { examinePicture } from './examine-picture.js'
import { findBadClasses } from './findings/find-bad-classes.js'
import { findOddSizes } from './findings/find-odd-sizes.js'
import { type Finding, type FindingKind, worstFirst } from './findings/findings.js'
import { ExactIndex } from './look-alikes/exact-index.js'
import { findLookAlikes, type LookAlikeGroup } from './look-alikes/find-look-alikes.js'
import type { PictureStore } from './picture-store.js'
import { PictureTable } from './picture-table.js'

export interface ExamineOptions {
  /** insightface verification sets (`.bin`) that the dataset's people should not be in. */
  tests?: readonly string[]
  /** How many pictures are to come, and of how many classes, where that is known: a stream's `begin`. */
  count?: number | undefined
  classes?: number | undefined
  /** The classes' names, by their numbers. */
  names?: readonly string[] | undefined
  /** Fewest pictures that a class should have: 2 by default, for one has nothing to be drawn to. */
  minImages?: number
  /** Pictures that are decoded at a time: DECODER_THREADS by default. */
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

/** Pictures read ahead for each that is being decoded, so that no thread waits. */
const AHEAD = 2

/**
 * Looks through a dataset once, and says what is wrong with it. Header and identity rows of a RecordIO stream are no pictures and
 * are passed over. The result is a function of the records alone, whatever the number of threads.
 *
 * @throws DataError for a test set that cannot be read, and what reading `records` throws
 */
export async function examine(records: Iterable<DataMap>, options: ExamineOptions = {}): Promise<Examination> {
  const { tests: files = [], minImages = 2, threads = DECODER_THREADS, onPicture } = options
  const table = new PictureTable(Math.min(options.count ?? 0, MAX_EXPECTED))
  const copies = new Map<number, number>()
  const faults = new Faults()

  const addAll = async (source: Iterable<DataMap>, labelled: boolean) => {
    const index = new ExactIndex()
    for await (const picture of mapAhead(pictureRecords(source), AHEAD * threads, examinePicture)) {
      const row = table.add(picture)
      // What does not decode or shows nothing is found as that, and not as like each other.
      const first = picture.fingerprint === undefined ? row : index.firstLike(row, table.digests)
      if (first !== row) copies.set(row, first)
      options.store?.add(picture.bytes)
      const { damage, labelFault } = picture
      if (damage !== undefined) faults.add('undecodable', damage, row)
      else if (picture.fingerprint === undefined) faults.add('blank', 'one colour', row)
      if (picture.trace !== undefined) faults.add('looks-damaged', picture.trace, row)
      if (labelled && labelFault !== undefined) faults.add('bad-label', labelFault, row)
      onPicture?.(picture.bytes.length)
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
  for (const file of files) {
    const from = table.count
    const set = openBin(file)
    await addAll(binRecords(set), false)
    set.close()
    tests.push({ file, from, to: table.count })
  }
  const from = table.count
  await addAll(counted(records), true)

  const classes = findBadClasses(table, { from, classes: options.classes, minImages })
  const sizes = findOddSizes(table, from)
  const { groups, inTests } = findLookAlikes(table, { tests: from, copies })
  const findings = [
    ...faults.findings(),
    ...classes.findings,
    ...sizes.findings,
    ...groups.map((group): Finding => ({ kind: kindOfGroup(group, table), rows: group.rows, links: group.links })),
    ...overlaps(inTests, tests, table),
  ]
  return {
    table,
    tests,
    from,
    images: table.count - from,
    people: classes.people,
    several,
    usualSize: sizes.usual,
    names: options.names ?? [],
    minImages,
    findings: findings.sort(worstFirst),
  }
}

/** What is used of the records that stand for pictures, in copies: a record's bytes are valid only until the next one is asked for. */
function* pictureRecords(records: Iterable<DataMap>): Generator<DataMap> {
  for (const { id, label, image, recordio } of records) {
    if (recordio?.role !== 'header' && recordio?.role !== 'identity') yield copyRecord({ id, label, image })
  }
}

/** What single pictures suffer from, one finding for each cause. */
class Faults {
  readonly #findings = new Map<string, Finding>()

  add(kind: FindingKind, reason: string, row: number): void {
    const key = `${kind} ${reason}`
    const finding = this.#findings.get(key)
    if (finding === undefined) this.#findings.set(key, { kind, reason, rows: [row] })
    else finding.rows.push(row)
  }

  findings(): Finding[] {
    return [...this.#findings.values()]
  }
}

function kindOfGroup({ rows, links, areCopies }: LookAlikeGroup, table: PictureTable): FindingKind {
  const labels = new Set(rows.map(row => table.label(row)))
  labels.delete(undefined)
  if (labels.size > 1) return 'two-labels'
  if (!areCopies) return 'look-alike'
  if (links.some(({ likeness }) => likeness === 'mirrored')) return 'mirrored-duplicate'
  return links.some(({ likeness }) => likeness === 'near') ? 'near-duplicate' : 'exact-duplicate'
}

/** A finding for each person and test set that have a picture in common. */
function overlaps(links: Finding['links'] & {}, tests: readonly TestSet[], table: PictureTable): Finding[] {
  const findings = new Map<string, Finding & { links: NonNullable<Finding['links']> }>()
  for (const link of links) {
    const test = tests.findIndex(({ to }) => link.b < to)
    const label = table.label(link.a)
    const key = `${test} ${label}`
    const finding = findings.get(key) ?? {
      kind: 'test-overlap',
      rows: [],
      links: [],
      test,
      ...(label === undefined ? {} : { label }),
    }
    findings.set(key, finding)
    finding.rows.push(link.a)
    finding.links.push(link)
  }
  return [...findings.values()]
}
