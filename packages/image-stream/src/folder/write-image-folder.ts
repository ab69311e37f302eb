/**
 * Records as a folder of images, a folder per person in it, byte for byte:
 *
 *     DIR/PERSON/IMAGE.{jpg,png}
 *
 * PERSON is the label's name where the stream tells names, else its number, with zeros before it so that sorting by name keeps
 * the order of labels. IMAGE is the end of the record's id where that is a path or a name, its digits where it is a number, else
 * the record's number; the extension is what the bytes are. Where a person has an image of that name already, -2, -3 … follows.
 * Names are made safe (safe-name.ts): nothing is written outside DIR, whatever the stream says.
 */
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { extname, join } from 'node:path'
import { imageFormat } from '@tiny-face/file-signatures'
import { type Begin, type DataMap, personOf } from '@tiny-face/record-stream'
import { DataError, writeAll } from '@tiny-face/safe-files'
import { shownFormat } from '../shown-format.js'
import { safeName } from './safe-name.js'

/** Digits of a label where the stream does not say how many classes there are, and of an image's number. */
const LABEL_DIGITS = 7
const IMAGE_DIGITS = 8

const EXTENSIONS = { jpeg: ['.jpg', '.jpeg'], png: ['.png'] }

/** What gives records and says what the segment being read begins with: a RecordReader. */
export interface RecordSource extends Iterable<DataMap> {
  readonly begin: Begin
}

/**
 * Writes the images into a folder that is there and empty; yields each record when its image is written.
 *
 * Of a label that is several numbers, the first is the person.
 *
 * @throws DataError for a record without a JPEG or PNG, or without a label that is a whole number; where two people's folders
 *   would be one; where there are no records
 */
export function* writeImageFolder(folder: string, records: RecordSource): Generator<DataMap & { image: Uint8Array }> {
  const people = new PersonFolders(folder)
  const names = new FreeNames()
  let count = 0
  for (const record of records) {
    const at = { file: records.begin.source, record: count, id: record.id }
    const { image } = record
    if (image === undefined) throw new DataError({ ...at, expected: 'an image', found: 'none' })
    const extensions = extensionsOf(image)
    if (extensions === undefined) {
      throw new DataError({ ...at, expected: 'a JPEG or PNG image', found: shownFormat(image) })
    }
    const person = people.of(record.label, records.begin, at)
    names.write(join(folder, person), fileName(record.id ?? count, extensions), image)
    yield record as DataMap & { image: Uint8Array }
    count++
  }
  if (count === 0) throw new DataError({ file: records.begin.source, expected: 'images', found: 'none' })
}

function extensionsOf(image: Uint8Array): string[] | undefined {
  const format = imageFormat(image)
  return format === 'jpeg' || format === 'png' ? EXTENSIONS[format] : undefined
}

/** Stem and extension: of an id that has one that fits what the image is, its own. */
function fileName(id: number | bigint | string, extensions: string[]): [string, string] {
  if (typeof id !== 'string') return [String(id).padStart(IMAGE_DIGITS, '0'), extensions[0]!]
  const name = id.split(/[/\\]/).findLast(part => part !== '') ?? ''
  const own = extname(name)
  const stem = safeName(/^\.(jpe?g|png|pgm)$/i.test(own) ? name.slice(0, -own.length) : name)
  return [stem, extensions.includes(own.toLowerCase()) ? own : extensions[0]!]
}

/** The folder of each label, made when its first image comes. */
class PersonFolders {
  readonly #parent: string
  readonly #made = new Map<string, string>()
  #begin: Begin | undefined
  #folders = new Map<number, string>()

  constructor(parent: string) {
    this.#parent = parent
  }

  /** @param begin of the segment that the record is of: each has its own names */
  of(label: DataMap['label'], begin: Begin, at: object): string {
    if (begin !== this.#begin) this.#enter(begin)
    const person = personOf(label)
    if (person === undefined) {
      const found =
        label === undefined ? 'none' : typeof label === 'object' ? 'several, the first of another kind' : `${label}`
      throw new DataError({ ...at, expected: 'a label that is a whole number', found })
    }
    const known = this.#folders.get(person)
    if (known !== undefined) return known
    const folder = this.#make(begin.names?.[person] ?? numberName(String(person), begin.classes), at)
    this.#folders.set(person, folder)
    return folder
  }

  #enter(begin: Begin): void {
    const { names = [], source } = begin
    const seen = new Set<string>()
    for (const name of names) {
      if (seen.has(name)) throw new DataError({ file: source, message: `has two people named ${JSON.stringify(name)}` })
      seen.add(name)
    }
    this.#begin = begin
    this.#folders = new Map()
  }

  #make(name: string, at: object): string {
    const folder = safeName(name)
    const owner = this.#made.get(folder)
    if (owner === name) return folder
    try {
      if (owner === undefined) mkdirSync(join(this.#parent, folder))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      throw sameFolder(name, 'another', at) // on a disk that does not tell capitals apart
    }
    if (owner !== undefined) throw sameFolder(name, JSON.stringify(owner), at)
    this.#made.set(folder, name)
    return folder
  }
}

function sameFolder(name: string, other: string, at: object): DataError {
  return new DataError({ ...at, expected: `a folder for ${JSON.stringify(name)} alone`, found: `that of ${other}` })
}

function numberName(label: string, classes: number | undefined): string {
  return label.padStart(classes === undefined ? LABEL_DIGITS : String(Math.max(0, classes - 1)).length, '0')
}

/** Writes files, each under a name that is still free. */
class FreeNames {
  /** What to try next, of names that came twice. */
  readonly #next = new Map<string, number>()

  write(folder: string, [stem, extension]: [string, string], bytes: Uint8Array): void {
    const wanted = join(folder, `${stem}${extension}`)
    for (let number = this.#next.get(wanted) ?? 1; ; number++) {
      const fd = openNew(number === 1 ? wanted : join(folder, `${stem}-${number}${extension}`))
      if (fd === undefined) continue
      if (number > 1) this.#next.set(wanted, number + 1)
      try {
        writeAll(fd, bytes)
      } finally {
        closeSync(fd)
      }
      return
    }
  }
}

function openNew(path: string): number | undefined {
  try {
    return openSync(path, 'wx')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined
    throw error
  }
}
