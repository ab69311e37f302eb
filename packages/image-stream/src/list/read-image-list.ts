/**
 * A list of images with their labels, one a line:
 *
 *     0 <tab> 3.0 <tab> ann/1.jpg                 MXNet's im2rec: number, label, path
 *     0 <tab> 3.0 <tab> 0.5 <tab> ann/1.jpg       with several labels, which stay together: of them, the first is the person
 *     1 <tab> ann/1.jpg <tab> 3                   insightface: whether the image is aligned, path, label; box and landmarks may follow
 *     ann/1.jpg <tab> 3                           path and label, also with a space between them
 *     path,label                                  CSV (RFC 4180), with the names of its columns or without:
 *     "ann/1.jpg","Doe, Ann"                      then path and label
 *
 * A label is a number or a name; where one is a name, all are, and people are numbered by name (by code point). Paths are relative to the source,
 * or absolute and within it.
 */
import { createRequire } from 'node:module'
import { type Label, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { isImageName } from '../folder/image-names.js'
import type { ImageListing, ListingProblem } from '../image-listing.js'
import type { ImageSource } from '../source/image-source.js'
import { PathIndex } from '../source/path-index.js'
import { pathInside } from '../source/path-inside.js'
import { readListText } from './read-list-text.js'

const require = createRequire(import.meta.url)

const LIST_FORMS = 'number, label, path (tabs between); number, path, label (tabs between); path, label; or CSV'

/** What the columns of a CSV file are called. */
const PATH_COLUMNS = ['path', 'file', 'filename', 'image', 'image_path']
const LABEL_COLUMNS = ['label', 'person', 'identity', 'class', 'name']

interface Line {
  /** File and line. */
  place: string
  path: string
  labels: string[]
}

/**
 * The images of the list, in its order. One that is not in the source is a problem, and left out.
 *
 * @throws DataError that names the line, for what is of no such form
 */
export function readImageList(file: string, source: ImageSource): ImageListing {
  const text = readListText(file, `a list of images: ${LIST_FORMS}`)
  const [head] = text.split('\n', 1)
  const listed = head!.includes(',') && !head!.includes('\t') ? readCsv(text, file) : readLines(text, file)
  if (listed.length === 0) throw new DataError({ file, expected: 'images', found: 'none' })
  const people = listed.every(({ labels }) => labels.every(isNumber)) ? undefined : namesIn(listed)
  const labelOf = labeller(people)
  const index = new PathIndex(source)
  const problems: ListingProblem[] = []
  const images = listed.flatMap(({ place, path, labels }) => {
    const inside = pathInside(source.name, path)
    const found = inside === undefined ? undefined : index.find(inside)
    if (found !== undefined) return [{ path: found, label: labelOf(labels) }]
    const error =
      inside === undefined
        ? new DataError({ file: place, expected: `a path within ${source.name}`, found: JSON.stringify(path) })
        : new DataError({ file: place, expected: `${source.name}/${inside}`, found: 'no such file' })
    problems.push({ error, images: 1 })
    return []
  })
  return { people, images, problems, remarks: [] }
}

function readLines(text: string, file: string): Line[] {
  const lines = text.split('\n')
  return lines.flatMap((line, i) => (line.trim() === '' ? [] : [readLine(line, `${file}:${i + 1}`)]))
}

function readCsv(text: string, file: string): Line[] {
  const rows = csvRows(text, file)
  const heads = rows[0]?.record.map(head => head.trim().toLowerCase()) ?? []
  const [path, label] = [PATH_COLUMNS, LABEL_COLUMNS].map(names => heads.findIndex(head => names.includes(head)))
  const hasHeads = path! >= 0 && label! >= 0
  return (hasHeads ? rows.slice(1) : rows).map(({ record, info }) => {
    const line = {
      path: record[hasHeads ? path! : 0]?.trim() ?? '',
      labels: [record[hasHeads ? label! : 1]?.trim() ?? ''],
    }
    const place = `${file}:${info.lines}`
    if (isImageName(line.path) && line.labels[0] !== '') return { place, ...line }
    throw new DataError({
      file: place,
      expected: 'path and label',
      found: JSON.stringify(record.join(',').slice(0, 60)),
    })
  })
}

interface CsvRow {
  record: string[]
  info: { lines: number }
}

function csvRows(text: string, file: string): CsvRow[] {
  // Loaded only for CSV.
  const { parse } = require('csv-parse/sync') as typeof import('csv-parse/sync')
  try {
    // The library's types do not say what `info` adds.
    return parse(text, { info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as CsvRow[]
  } catch (error) {
    throw new DataError({ file, expected: 'CSV', found: (error as Error).message, cause: error })
  }
}

function readLine(line: string, place: string): Line {
  const fields = line
    .trim()
    .split('\t')
    .map(field => field.trim())
  if (fields.length >= 3 && isNumber(fields[0]!)) {
    const path = fields.at(-1)!
    const labels = fields.slice(1, -1)
    if (isImageName(path) && labels.every(isNumber)) return { place, path, labels }
    if (isImageName(fields[1]!) && isNumber(fields[2]!)) return { place, path: fields[1]!, labels: [fields[2]!] }
  }
  const [, path, label] = /^(.*\S)\s*\t\s*([^\t]+)$/.exec(line.trim()) ?? /^(.*\S)\s+(\S+)$/.exec(line.trim()) ?? []
  if (path !== undefined && isImageName(path)) return { place, path, labels: [label!] }
  throw new DataError({ file: place, expected: LIST_FORMS, found: JSON.stringify(line.trim().slice(0, 60)) })
}

function isNumber(text: string): boolean {
  return text !== '' && Number.isFinite(Number(text))
}

function namesIn(listed: Line[]): string[] {
  const names = new Set(listed.map(({ labels }) => labels[0]!.normalize()))
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}

function labeller(people: string[] | undefined): (labels: string[]) => Label {
  if (people === undefined) {
    return labels => (labels.length === 1 ? Number(labels[0]) : tensorOf(Float32Array.from(labels, Number)))
  }
  const numbers = new Map(people.map((person, label) => [person, label]))
  return ([name]) => numbers.get(name!.normalize())!
}
