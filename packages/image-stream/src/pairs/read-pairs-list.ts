/**
 * LFW's list of pairs, `pairs.txt` (http://vis-www.cs.umass.edu/lfw/README.txt):
 *
 *     10 <tab> 300                       10 folds, of 300 pairs of one person and 300 of two each; or a single number: one fold
 *     Abel_Pacheco <tab> 1 <tab> 4                            one person: images 1 and 4
 *     Abdel_Madi_Shabneh <tab> 1 <tab> Dean_Barker <tab> 1    two people, image 1 of each
 *
 * Image 4 of Abel_Pacheco is `Abel_Pacheco/Abel_Pacheco_0004.jpg`. Lists without the first line are read, too. The order
 * is kept: it decides the folds.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Pair } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { IMAGE_EXTENSIONS } from '../folder/read-image-folder.js'

export interface PairFile {
  /** Relative to the folder, with `/`. */
  path: string
  /** The index of the person in `people`. */
  label: number
  pair: Pair
}

export interface PairsList {
  /** Who is in the list, sorted by code point. */
  people: string[]
  /** Two for each pair, one after the other. */
  images: PairFile[]
}

interface Line {
  number: number
  fields: string[]
}

interface Side {
  person: string
  path: string
}

/**
 * @param folder of images, a folder per person in it; each may be a JPEG, PNG or PGM
 * @throws DataError that names the line, for what is no pair, for an image that is not there, and for more or fewer pairs than the first line says
 */
export function readPairsList(file: string, folder: string): PairsList {
  const lines = linesOf(readFileSync(file, 'utf8'))
  const announced =
    lines[0] !== undefined && lines[0].fields.length <= 2 ? announcedPairs(lines.shift()!, file) : undefined
  if (lines.length === 0) throw new DataError({ file, expected: 'pairs', found: 'none' })
  if (announced !== undefined && announced !== lines.length) {
    throw new DataError({ file, expected: `${announced} pairs, as the first line says`, found: `${lines.length}` })
  }
  const pairs = lines.map(line => pairOf(line, file, folder))
  const people = sortedByCodePoint(new Set(pairs.flatMap(({ sides }) => sides.map(({ person }) => person))))
  const labels = new Map(people.map((person, label) => [person, label]))
  const images = pairs.flatMap(({ sides, same }, index) =>
    sides.map(({ person, path }, side) => ({
      path,
      label: labels.get(person)!,
      pair: { index, side: side as 0 | 1, same },
    })),
  )
  return { people, images }
}

function linesOf(text: string): Line[] {
  const lines = text.split('\n').map((line, i) => {
    const separator = line.includes('\t') ? '\t' : /\s+/
    return {
      number: i + 1,
      fields: line
        .trim()
        .split(separator)
        .map(field => field.trim()),
    }
  })
  return lines.filter(({ fields }) => fields[0] !== '')
}

/** Folds, and pairs of each kind in a fold. */
function announcedPairs({ number, fields }: Line, file: string): number {
  if (!fields.every(field => /^\d{1,9}$/.test(field))) {
    throw new DataError({ file: `${file}:${number}`, expected: 'folds and pairs in a fold', found: quoted(fields) })
  }
  return fields.map(Number).reduce((product, factor) => product * factor, 2)
}

function pairOf({ number, fields }: Line, file: string, folder: string): { same: boolean; sides: [Side, Side] } {
  const at = { file: `${file}:${number}` }
  const [one, first, two, second] = fields.length === 3 ? [fields[0], fields[1], fields[0], fields[2]] : fields
  if (fields.length < 3 || fields.length > 4 || ![first, second].every(field => /^\d{1,9}$/.test(field!))) {
    throw new DataError({ ...at, expected: 'name n1 n2, or name1 n1 name2 n2', found: quoted(fields) })
  }
  const side = (person: string, image: string): Side => {
    if (/[/\\\0]|^\.+$/.test(person)) throw new DataError({ ...at, expected: 'a name', found: quoted([person]) })
    const stem = `${person}/${person}_${image.padStart(4, '0')}`
    const extension = IMAGE_EXTENSIONS.find(extension => existsSync(join(folder, `${stem}${extension}`)))
    if (extension !== undefined) return { person, path: `${stem}${extension}` }
    throw new DataError({ ...at, expected: `${join(folder, stem)}{${IMAGE_EXTENSIONS.join(',')}}`, found: 'none' })
  }
  return { same: fields.length === 3, sides: [side(one!, first!), side(two!, second!)] }
}

function quoted(fields: string[]): string {
  return JSON.stringify(fields.join(' ').slice(0, 60))
}

function sortedByCodePoint(names: Iterable<string>): string[] {
  return [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
}
