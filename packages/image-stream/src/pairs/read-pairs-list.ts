/**
 * A list of pairs, in one of the forms that pair-forms.ts knows, or the protocol of CFP. LFW's list begins with a line that announces what comes:
 *
 *     10 <tab> 300                       10 folds, of 300 pairs of one person and 300 of two each; or a single number: one fold
 *
 * Lists without it are read, too. The order is kept: it decides the folds.
 */
import { statSync } from 'node:fs'
import type { Pair } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { IMAGE_EXTENSIONS } from '../folder/image-names.js'
import type { ImageFile, ImageListing, ListingProblem } from '../image-listing.js'
import { readListText } from '../list/read-list-text.js'
import type { ImageSource } from '../source/image-source.js'
import { PathIndex } from '../source/path-index.js'
import { pathInside } from '../source/path-inside.js'
import { readCfpProtocol } from './cfp-protocol.js'
import {
  fieldsOf,
  halfOfPair,
  type ListedPair,
  PAIR_FORMS,
  type PairSide,
  pairBehindFlag,
  pairOfLine,
} from './pair-forms.js'

export interface PairFile extends ImageFile {
  pair: Pair
}

interface PlacedPair extends ListedPair {
  /** File and line. */
  place: string
}

interface Line {
  place: string
  fields: string[]
}

/**
 * The images of the pairs, two for each, one after the other; labels number the people by name (by code point). A pair with an image that
 * is not in the source is a problem, and left out.
 *
 * @param file the list; of CFP, the folder `Protocol/Split/FP` or `FF`
 * @throws DataError that names the line, for what is no pair, and for more or fewer pairs than the first line announces
 */
export function readPairsList(file: string, source: ImageSource): ImageListing<PairFile> {
  const pairs = statSync(file).isDirectory() ? readCfpProtocol(file) : pairsOf(file)
  if (pairs.length === 0) throw new DataError({ file, expected: 'pairs', found: 'none' })
  const names = new Set(pairs.flatMap(({ sides }) => sides.map(({ person }) => person.normalize())))
  const people = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const labels = new Map(people.map((person, label) => [person, label]))
  const index = new PathIndex(source)
  const images: PairFile[] = []
  const problems: ListingProblem[] = []
  const remarks = new Remarks()
  for (const [i, { place, sides, same, isSaid }] of pairs.entries()) {
    const found = sides.map(({ path, person }) => {
      const inside = pathInside(source.name, path)
      return inside === undefined ? undefined : (index.find(inside) ?? index.find(`${person}/${inside}`))
    })
    const missing = found.indexOf(undefined)
    if (missing >= 0) {
      problems.push({ error: missingImage(place, source.name, sides[missing]!), images: 2 })
      continue
    }
    if (found[0] === found[1]) remarks.add('an image paired with itself', place)
    // Where all images have one name, it is their folder's and not a person's.
    if (isSaid && people.length > 1 && same !== (sides[0].person.normalize() === sides[1].person.normalize())) {
      remarks.add(
        `a pair of ${same ? 'one person whose images have two names' : 'two people whose images have one name'}`,
        place,
      )
    }
    for (const side of [0, 1] as const) {
      const label = labels.get(sides[side].person.normalize())!
      images.push({ path: found[side]!, label, pair: { index: i, side, same } })
    }
  }
  return { people, images, problems, remarks: remarks.said() }
}

function pairsOf(file: string): PlacedPair[] {
  const lines = linesOf(file)
  const announced = takeAnnounced(lines, file)
  const pairs = halfOfPair(lines[0]?.fields ?? []) === undefined ? wholePairs(lines) : pairsOfHalves(lines)
  if (announced !== undefined && announced !== pairs.length && pairs.length > 0) {
    throw new DataError({ file, expected: `${announced} pairs, as the first line says`, found: `${pairs.length}` })
  }
  return pairs
}

function linesOf(file: string): Line[] {
  const lines = readListText(file, `a list of pairs, as text: ${PAIR_FORMS}`).split('\n')
  const split = lines.map((line, i) => ({ place: `${file}:${i + 1}`, fields: fieldsOf(line) }))
  const filled = split.filter(({ fields }) => fields.length > 0)
  // A table that was written as CSV may begin with the names of its columns.
  const heads = filled[0]?.fields ?? []
  const isHead =
    heads.length > 1 &&
    heads.every(field => /^[a-z_ ]+\d?$/i.test(field)) &&
    heads.some(field => /^(name|ima?ge?|path|file|label)/i.test(field))
  return isHead ? filled.slice(1) : filled
}

/** Takes the line that announces the folds and the pairs of each kind in a fold, where there is one. */
function takeAnnounced(lines: Line[], file: string): number | undefined {
  const fields = lines[0]?.fields ?? []
  if (fields.length === 0 || fields.length > 2 || halfOfPair(fields) !== undefined) return undefined
  const { place } = lines.shift()!
  if (!fields.every(field => /^\d{1,9}$/.test(field))) {
    throw new DataError({
      file: place,
      expected: `folds and pairs in a fold, or a pair: ${PAIR_FORMS}`,
      found: quoted(fields),
    })
  }
  if (lines.length === 0) throw new DataError({ file, expected: 'pairs', found: 'none' })
  return fields.map(Number).reduce((product, factor) => product * factor, 2)
}

/** A line that begins with 0 or 1 has a person of that name, unless all lines do: then it is whether the images are of one person. */
function wholePairs(lines: Line[]): PlacedPair[] {
  const areFlags = lines.every(({ fields }) => pairBehindFlag(fields) !== undefined)
  return lines.map(line => pairAt(line, areFlags ? pairBehindFlag : pairOfLine))
}

function pairAt({ place, fields }: Line, pairOf: typeof pairOfLine): PlacedPair {
  const pair = pairOf(fields)
  if (pair === undefined) throw new DataError({ file: place, expected: `a pair: ${PAIR_FORMS}`, found: quoted(fields) })
  for (const { person } of pair.sides) {
    if (/[/\\\0]|^\.+$/.test(person)) throw new DataError({ file: place, expected: 'a name', found: quoted([person]) })
  }
  return { ...pair, place }
}

function pairsOfHalves(lines: Line[]): PlacedPair[] {
  const halves = lines.map(({ place, fields }) => {
    const half = halfOfPair(fields)
    if (half === undefined) throw new DataError({ file: place, expected: 'path 1, or path 0', found: quoted(fields) })
    return { ...half, place }
  })
  return halves.flatMap((first, i) => {
    if (i % 2 === 1) return []
    const second = halves[i + 1]
    if (second?.same !== first.same) {
      const expected = `a second line with ${first.same ? 'a number that is not 0' : '0'}, as in the first of the pair`
      throw new DataError({ file: (second ?? first).place, expected, found: second === undefined ? 'none' : 'another' })
    }
    return [
      { sides: [first.side, second.side] as [PairSide, PairSide], same: first.same, isSaid: true, place: first.place },
    ]
  })
}

function missingImage(place: string, source: string, { path }: PairSide): DataError {
  const expected = /\.\w+$/.test(path) ? `${source}/${path}` : `${source}/${path}{${IMAGE_EXTENSIONS.join(',')}}`
  return new DataError({ file: place, expected, found: 'no such file' })
}

/** Counts remarks of a kind, and names the first place of each. */
class Remarks {
  readonly #kinds = new Map<string, { count: number; place: string }>()

  add(kind: string, place: string): void {
    const known = this.#kinds.get(kind)
    if (known === undefined) this.#kinds.set(kind, { count: 1, place })
    else known.count++
  }

  said(): string[] {
    return [...this.#kinds].map(([kind, { count, place }]) => {
      return `${place}: ${kind}${count > 1 ? ` (the first of ${count})` : ''}`
    })
  }
}

function quoted(fields: string[]): string {
  return JSON.stringify(fields.join(' ').slice(0, 60))
}
