/**
 * The forms of a line in a list of pairs.
 *
 *     Abel_Pacheco 1 4                        LFW (http://vis-www.cs.umass.edu/lfw/README.txt): images 1 and 4 of one person, which are
 *                                             Abel_Pacheco/Abel_Pacheco_0001.jpg and _0004.jpg
 *     Abel_Pacheco 1 Zoe_Ball 2               image 1 of one person, and 2 of another
 *     Abel_Pacheco a.jpg b.jpg                the same with the files' names
 *     Abel_Pacheco a.jpg Zoe_Ball b.jpg
 *     a/1.jpg b/2.jpg 0                       two paths, and whether they are of one person (1) or not (0): AgeDB-30, CFP-FP as insightface has them
 *     0 a/1.jpg b/2.jpg                       the same with the number first: OpenSphere's lfw_ann.txt, agedb_30_ann.txt, …
 *     Abel_Pacheco_2.jpg 1                    CPLFW and CALFW: one image a line, two lines a pair, and in both whether it is of one person (0: no)
 *
 * Fields are separated by tabs, else by commas, else by spaces.
 */
import { basename, extname, posix } from 'node:path'
import { isImageName } from '../folder/image-names.js'

export interface PairSide {
  person: string
  /** With an extension or without. */
  path: string
}

export interface ListedPair {
  sides: [PairSide, PairSide]
  same: boolean
  /** What the line itself says of it; undefined where only the names do. */
  isSaid: boolean
}

/** For messages, of a list whose form is not known. */
export const PAIR_FORMS =
  'name n1 n2; name1 n1 name2 n2; name file1 file2; name1 file1 name2 file2; path1 path2 1 (0 for two people); 1 path1 path2; or two lines of path 1'

export function fieldsOf(line: string): string[] {
  const separator = line.includes('\t') ? '\t' : line.includes(',') ? ',' : /\s+/
  const fields = line
    .trim()
    .split(separator)
    .map(field => field.trim())
  return fields.slice(0, fields.findLastIndex(field => field !== '') + 1)
}

/** A pair that is written in one line; undefined where the line is of no such form. */
export function pairOfLine(fields: string[]): ListedPair | undefined {
  const [one, first, two, second] = fields.length === 3 ? [fields[0], fields[1], fields[0], fields[2]] : fields
  if (fields.length === 3 && isFlag(fields[2]) && isImageName(fields[0]!) && isImageName(fields[1]!)) {
    return { sides: [sideOfPath(fields[0]!), sideOfPath(fields[1]!)], same: isSame(fields[2]!), isSaid: true }
  }
  if (fields.length !== 3 && fields.length !== 4) return undefined
  const side =
    isNumber(first) && isNumber(second) ? numbered : isImageName(first!) && isImageName(second!) ? named : undefined
  if (side === undefined) return undefined
  // What looks the same is one name: an ü may be one character or two.
  const same = one!.normalize() === two!.normalize()
  return { sides: [side(one!, first!), side(two!, second!)], same, isSaid: false }
}

/** A pair whose line begins with whether it is of one person; undefined where the line is of another form. */
export function pairBehindFlag([flag, one, two, ...others]: string[]): ListedPair | undefined {
  if (!/^[01]$/.test(flag ?? '') || others.length > 0) return undefined
  if (!isImageName(one ?? '') || !isImageName(two ?? '')) return undefined
  return { sides: [sideOfPath(one!), sideOfPath(two!)], same: flag === '1', isSaid: true }
}

/** A line that is half a pair; undefined where it is of another form. */
export function halfOfPair([path, flag, ...others]: string[]): { side: PairSide; same: boolean } | undefined {
  if (path === undefined || others.length > 0 || !isFlag(flag) || !isImageName(path)) return undefined
  return { side: sideOfPath(path), same: isSame(flag!) }
}

function isNumber(field: string | undefined): boolean {
  return /^\d{1,9}$/.test(field ?? '')
}

/** CALFW's lists have the fold's number, from 1, for those of one person. */
function isFlag(field: string | undefined): boolean {
  return /^(-1|\d{1,2})$/.test(field ?? '')
}

function isSame(flag: string): boolean {
  return Number(flag) > 0
}

function numbered(person: string, number: string): PairSide {
  return { person, path: `${person}/${person}_${number.padStart(4, '0')}` }
}

function named(person: string, file: string): PairSide {
  return { person, path: file.includes('/') ? file : `${person}/${file}` }
}

/** Who is in an image is said by its folder, else by its name: `Ann_Lee_2.jpg`; of AgeDB, `12_AnnLee_35_f.jpg`. */
function sideOfPath(path: string): PairSide {
  const folders = posix.normalize(path).split('/').slice(0, -1)
  const person = folders.findLast(folder => folder !== '' && folder !== '..' && !isView(folder))
  const name = basename(path, extname(path))
  return { path, person: person ?? /^\d+_(.+)_\d+_[fm]$/.exec(name)?.[1] ?? name.replace(/_\d+$/, '') }
}

/** Folders of CFP, which stand between a person's and the images. */
function isView(folder: string): boolean {
  return folder === 'frontal' || folder === 'profile'
}
