/**
 * JSON to records: an object is one, its fields as json-values.ts says. Besides what record-json writes, lists as people and
 * other programs make them are read:
 *
 *     [{"path": "a/1.jpg", "label": "Ann", "age": 30}, …]
 *
 * A label that is a string is a name. Names are numbered in the order in which they first appear, unless a begin says
 * theirs: {"begin": 1, "names": ["Ann", "Bob"]}. With a folder for the images, `path` is replaced by the image that it
 * names there, and is the id of a record that has none.
 */
import { closeSync, fstatSync, openSync } from 'node:fs'
import { say } from '@tiny-face/command-shell'
import type { BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import type { JsonItem } from './json-assembly.js'
import { shown } from './json-values.js'
import { LabelNames } from './label-names.js'
import { readImage } from './read-image.js'
import { readJson } from './read-json.js'
import { recordFields } from './record-fields.js'

export interface JsonRecordsOptions {
  /** The folder that a record's `path` begins at. */
  images?: string
}

/** What a stream begins with, or a record of it. */
export type StreamPart = { begin: BeginFields; record?: undefined } | { record: DataMap; begin?: undefined }

/**
 * The records of JSON files, each stream's begin before them: one, or as many as there are begins in the JSON.
 *
 * A file is read twice where its labels are names, to know them all ahead. What can be read only once (a pipe) has them
 * numbered, but its stream does not say them.
 *
 * @param files paths, or `-` for standard input
 * @throws DataError with file and line for what is no JSON, no record, or no image; where a begin says another count
 */
export function* jsonRecords(files: string[], { images }: JsonRecordsOptions = {}): Generator<StreamPart> {
  let segment: Segment | undefined
  for (const item of items(files)) {
    const object = item.value as Record<string, unknown>
    if (object.begin !== undefined) {
      segment?.end()
      segment = new Segment(beginFields(item))
      yield { begin: segment.begin }
      continue
    }
    if (segment === undefined) {
      segment = new Segment({ source: files.join(', '), ...(typeof object.label === 'string' && namesOf(files)) })
      yield { begin: segment.begin }
    }
    const { names } = segment
    segment.count++
    yield { record: at(item, () => record(names.number(object), images)) }
  }
  if (segment === undefined) yield { begin: { source: files.join(', '), count: 0 } }
  segment?.end()
}

function* items(files: string[]): Generator<JsonItem> {
  for (const file of files) {
    const name = file === '-' ? 'standard input' : file
    const fd = file === '-' ? 0 : openSync(file, 'r')
    try {
      yield* readJson(fd, { file: name })
    } finally {
      if (fd !== 0) closeSync(fd)
    }
  }
}

class Segment {
  readonly begin: BeginFields
  readonly names: LabelNames
  count = 0

  constructor(begin: BeginFields) {
    this.begin = begin
    this.names = new LabelNames(begin.names)
  }

  end(): void {
    if (this.begin.count === undefined || this.begin.count === this.count) return
    const { source, count } = this.begin
    throw new DataError({ file: source, expected: `${count} records, as the begin says`, found: `${this.count}` })
  }
}

/** The names that are labels in the files, in the order in which they first appear. */
function namesOf(files: string[]): BeginFields {
  const once = files.find(file => file === '-' || !isFile(file))
  if (once !== undefined) {
    say(
      `the names of the labels are numbered, but not kept: ${once === '-' ? 'standard input' : once} is read only once`,
    )
    return {}
  }
  const names = new LabelNames()
  for (const item of items(files)) at(item, () => names.number(item.value as Record<string, unknown>))
  return { classes: names.all.length, names: names.all }
}

function isFile(path: string): boolean {
  const fd = openSync(path, 'r')
  try {
    return fstatSync(fd).isFile()
  } finally {
    closeSync(fd)
  }
}

function record(object: Record<string, unknown>, images: string | undefined): DataMap {
  if (images === undefined || object.image !== undefined) return recordFields(object)
  const { path, ...fields } = object
  const { id = path, ...others } = recordFields(fields)
  return { id: id as string, ...others, image: readImage(images, path) }
}

function beginFields(item: JsonItem): BeginFields {
  const { begin, ...fields } = item.value as Record<string, unknown>
  return at(item, () => {
    if (begin !== 1) throw new DataError({ expected: 'a begin of version 1', found: shown(begin) })
    const { names, count, classes, source } = fields
    const wrong = (expected: string, found: unknown) => new DataError({ expected, found: shown(found) })
    if (names !== undefined && !(Array.isArray(names) && names.every(name => typeof name === 'string'))) {
      throw wrong('names that are strings', names)
    }
    for (const value of [count, classes]) {
      if (value !== undefined && !(Number.isSafeInteger(value) && (value as number) >= 0)) {
        throw wrong('a count and classes that are whole numbers', value)
      }
    }
    if (source !== undefined && typeof source !== 'string') throw wrong('a source that is a string', source)
    return fields as BeginFields
  })
}

/** Says of what goes wrong with an item where it is. */
function at<T>({ file, line }: JsonItem, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw placed(error, { file: `${file}:${line}` })
  }
}
