/**
 * Parquet files of images, as the hub of Hugging Face has them, as records:
 *
 *     image   struct of bytes (and path), or bytes      an encoded JPEG or PNG
 *     label   a whole number                            its names are noted in the file: ClassLabel
 *
 * and of pairs, as verification sets have them:
 *
 *     image1, image2   likewise
 *     label            boolean or 0 and 1: whether both show one person
 *
 * Other columns are not read.
 */
import { isDeepStrictEqual } from 'node:util'
import { expandPaths, type Part, partOfSizes } from '@tiny-face/command-shell'
import { imageFormat } from '@tiny-face/file-signatures'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { openParquet, type ParquetFile, type Row, type RowGroup } from './open-parquet.js'

export interface ParquetOptions {
  /** Only one of so many parts: disjoint, together complete, each of whole row groups, balanced by bytes. */
  part?: Part | undefined
}

export interface ParquetRecords extends AsyncIterable<DataMap> {
  /** What is known of all records ahead. */
  readonly begin: BeginFields
  /** Rows read so far that were left out: an image of theirs is not there, or no JPEG or PNG. */
  leftOut: number
  /** What the first of them holds instead. */
  leftOutFor: string | undefined
  /** Images read so far that came without a label that is a number. */
  unlabelled: number
}

/**
 * The rows of Parquet files as data maps: one for each row with an image, under the number of its row in all files; of pairs two,
 * one after the other, as `binRecords` of bin-stream gives them.
 *
 * @param paths files, folders of `*.parquet`, globs
 * @throws DataError where a file is none or damaged, has no such columns, or there is no image at all
 */
export async function parquetRecords(paths: readonly string[], { part }: ParquetOptions = {}): Promise<ParquetRecords> {
  const files: ParquetFile[] = []
  for (const path of expandPaths(paths, ['.parquet'])) files.push(await openParquet(path))
  const isPairs = files.every(({ columns }) => ['image1', 'image2', 'label'].every(name => columns.includes(name)))
  if (!isPairs) for (const file of files) checkColumns(file)
  const names = isPairs ? undefined : commonNames(files)
  const source = paths.length === 1 ? paths[0]! : `${paths[0]} and ${paths.length - 1} more`
  const groups = numberedGroups(files)
  const { from, to } =
    part === undefined
      ? { from: 0, to: groups.length }
      : partOfSizes(
          groups.map(({ group }) => Number(group.bytes)),
          part,
        )
  const first = groups[from]?.row ?? files.reduce((sum, { count }) => sum + count, 0)
  const records: ParquetRecords = {
    begin: {
      source,
      ...(names !== undefined && { classes: names.length, names }),
      ...(part !== undefined && { part: { ...part, first: isPairs ? 2 * first : first } }),
    },
    leftOut: 0,
    leftOutFor: undefined,
    unlabelled: 0,
    async *[Symbol.asyncIterator]() {
      let row = first
      let images = 0
      for (const { file, group } of groups.slice(from, to)) {
        for await (const values of file.rows(group, isPairs ? ['image1', 'image2', 'label'] : columnsOf(file))) {
          const place = { file: file.path, record: row }
          for (const record of isPairs ? pairOf(values, row, place, records) : imageOf(values, row, records)) {
            images++
            yield record
          }
          row++
        }
      }
      for (const file of files) file.close()
      // Of few row groups a part may have none.
      if (images > 0 || part !== undefined) return
      const found = row === 0 ? 'no rows' : `${row} without; the first has ${records.leftOutFor}`
      throw new DataError({ file: source, expected: 'at least one row with a JPEG or PNG', found })
    },
  }
  return records
}

/** The row groups of all files, with the number of their first row among all. */
function numberedGroups(files: readonly ParquetFile[]): { file: ParquetFile; group: RowGroup; row: number }[] {
  let before = 0
  return files.flatMap(file => {
    const groups = file.groups.map(group => ({ file, group, row: before + group.start }))
    before += file.count
    return groups
  })
}

function checkColumns({ path, columns }: ParquetFile): void {
  if (columns.includes('image')) return
  const expected = 'a column image, or image1, image2 and label'
  throw new DataError({ file: path, expected, found: columns.join(', ') || 'no columns' })
}

function columnsOf({ columns }: ParquetFile): string[] {
  return ['image', 'label'].filter(name => columns.includes(name))
}

/** The names of the labels, which Hugging Face's library notes as JSON: {info: {features: {label: {names: […]}}}}. */
function namesIn({ notes }: ParquetFile): string[] | undefined {
  try {
    const { names } = JSON.parse(notes.get('huggingface') ?? '{}').info.features.label
    return Array.isArray(names) && names.every(name => typeof name === 'string') ? names : undefined
  } catch {
    return undefined
  }
}

/** The names of the labels where all files note the same: with others, one label would be two people. */
function commonNames(files: readonly ParquetFile[]): string[] | undefined {
  const [first, ...others] = files.map(namesIn)
  return others.every(names => isDeepStrictEqual(names, first)) ? first : undefined
}

function imageOf({ image, label }: Row, id: number, records: ParquetRecords): DataMap[] {
  const bytes = imageBytes(image, records)
  if (bytes === undefined) return []
  const number = numberOf(label)
  if (number === undefined) records.unlabelled++
  return [number === undefined ? { id, image: bytes } : { id, label: number, image: bytes }]
}

function pairOf(
  { image1, image2, label }: Row,
  index: number,
  place: { file: string; record: number },
  records: ParquetRecords,
): DataMap[] {
  const same = typeof label === 'boolean' ? label : ({ 0: false, 1: true } as Record<string, boolean>)[`${label}`]
  if (same === undefined)
    throw new DataError({ ...place, expected: 'true, false, 0 or 1 as label of a pair', found: `${label}` })
  const left = imageBytes(image1, records)
  const right = left && imageBytes(image2, records)
  if (left === undefined || right === undefined) return []
  return [left, right].map((image, side) => ({
    id: 2 * index + side,
    image,
    pair: { index, side: side as 0 | 1, same },
  }))
}

/** The encoded image that a column holds; where there is none, counts the row. */
function imageBytes(value: unknown, records: ParquetRecords): Uint8Array | undefined {
  const { bytes = value, path } = (value ?? {}) as { bytes?: unknown; path?: unknown }
  const format = bytes instanceof Uint8Array ? imageFormat(bytes) : undefined
  if (format === 'jpeg' || format === 'png') return bytes as Uint8Array
  records.leftOut++
  records.leftOutFor ??=
    bytes instanceof Uint8Array
      ? (format?.toUpperCase() ?? 'bytes of no known format')
      : path === undefined || path === null
        ? 'no image'
        : `no more of it than its path, ${JSON.stringify(textOf(path))}`
  return undefined
}

/** Text, which is bytes where the file does not say that it is text. */
function textOf(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : String(value)
}

function numberOf(value: unknown): number | bigint | undefined {
  if (typeof value === 'bigint' && Number.isSafeInteger(Number(value))) return Number(value)
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined
}
