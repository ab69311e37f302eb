/*
 * The lists that come with IJB-B and IJB-C, as insightface hands them on: text, a line each, fields parted by a space.
 *
 *     ijbc_face_tid_mid.txt          1.jpg 1 69544        an image, the template that it belongs to, and its media: a still or a video
 *     ijbc_template_pair_label.txt   1 11065 1            two templates, and 1 where they are of one person, else 0
 *     ijbc_name_5pts_score.txt       1.jpg 46.1 49.8 … 0.9999      an image, five points, and how sure the detector was
 */
import { DataError } from '@tiny-face/safe-files'
import { lineError, textLines } from './text-lines.js'

/** The most lines of each list. */
export const MAX_TEMPLATE_IMAGES = 1 << 24
export const MAX_TEMPLATE_PAIRS = 1 << 28

/** Which images are of which template. */
export interface TemplateList {
  readonly file: string
  /** The templates' ids, in the order in which they first come; a template's place is that in this list. */
  readonly ids: readonly number[]
  readonly places: ReadonlyMap<number, number>
  /** How many images each media of a template has, and the place of its template: a media that two templates have is two here. */
  readonly media: readonly { readonly template: number; readonly images: number }[]
  /** Places of the media that an image belongs to, by its name; in more than one template an image may be. */
  readonly images: ReadonlyMap<string, readonly number[]>
}

/** @throws DataError that names the line; for an empty file */
export function readTemplateList(file: string): TemplateList {
  const ids: number[] = []
  const places = new Map<number, number>()
  const media: { template: number; images: number }[] = []
  const mediaPlaces = new Map<string, number>()
  const images = new Map<string, number[]>()
  let lines = 0
  for (const line of textLines(file)) {
    const [name, template, medium, ...rest] = line.fields
    const id = wholeOf(template)
    const mid = wholeOf(medium)
    if (id === undefined || mid === undefined || rest.length > 0) {
      throw lineError(file, line, 'an image name, a template id and a media id')
    }
    if (++lines > MAX_TEMPLATE_IMAGES) throw tooLong(file, MAX_TEMPLATE_IMAGES)
    const place = places.get(id) ?? ids.push(id) - 1
    places.set(id, place)
    const key = `${id} ${mid}`
    const mediaPlace = mediaPlaces.get(key) ?? media.push({ template: place, images: 0 }) - 1
    mediaPlaces.set(key, mediaPlace)
    media[mediaPlace]!.images++
    const of = images.get(name!)
    if (of === undefined) images.set(name!, [mediaPlace])
    else if (of.includes(mediaPlace)) throw lineError(file, line, 'each image of a media once')
    else of.push(mediaPlace)
  }
  if (lines === 0) throw new DataError({ file, expected: 'a line for each image', found: 'none' })
  return { file, ids, places, media, images }
}

/** Pairs of templates, in columns. */
export interface TemplatePairs {
  readonly length: number
  /** Places of the two templates. */
  readonly left: Uint32Array
  readonly right: Uint32Array
  /** 1 where both are of one person, else 0. */
  readonly same: Uint8Array
}

/** @throws DataError that names the line; for a file without pairs of both kinds */
export function readTemplatePairs(file: string, { places }: TemplateList): TemplatePairs {
  let columns = { left: new Uint32Array(1024), right: new Uint32Array(1024), same: new Uint8Array(1024) }
  let length = 0
  let sames = 0
  for (const line of textLines(file)) {
    const [first, second, label, ...rest] = line.fields
    const ids = [wholeOf(first), wholeOf(second)]
    if (ids.includes(undefined) || (label !== '0' && label !== '1') || rest.length > 0) {
      throw lineError(file, line, 'two template ids, and 1 for one person or 0 for two')
    }
    const [left, right] = ids.map(id => places.get(id!))
    if (left === undefined || right === undefined) {
      throw lineError(file, line, 'templates that the list of images has')
    }
    if (length === MAX_TEMPLATE_PAIRS) throw tooLong(file, MAX_TEMPLATE_PAIRS)
    if (length === columns.left.length) columns = twiceAsLong(columns)
    columns.left[length] = left
    columns.right[length] = right
    columns.same[length] = Number(label)
    sames += Number(label)
    length++
  }
  if (sames === 0 || sames === length) {
    const found = length === 0 ? 'none' : sames === 0 ? 'of two people only' : 'of one person only'
    throw new DataError({ file, expected: 'pairs of templates of one person and of two', found })
  }
  const { left, right, same } = columns
  return {
    length,
    left: left.subarray(0, length),
    right: right.subarray(0, length),
    same: same.subarray(0, length),
  }
}

/**
 * How sure the detector was of each image: the last field of a line, the first being its name.
 *
 * @throws DataError that names the line
 */
export function readDetectorScores(file: string): Map<string, number> {
  const scores = new Map<string, number>()
  for (const line of textLines(file)) {
    const score = Number(line.fields.at(-1))
    if (line.fields.length < 2 || !Number.isFinite(score)) {
      throw lineError(file, line, 'an image name, and its score as the last number')
    }
    if (scores.size === MAX_TEMPLATE_IMAGES) throw tooLong(file, MAX_TEMPLATE_IMAGES)
    scores.set(line.fields[0]!, score)
  }
  return scores
}

function wholeOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

function tooLong(file: string, most: number): DataError {
  return new DataError({ file, expected: `at most ${most} lines`, found: 'more' })
}

function twiceAsLong({ left, right, same }: { left: Uint32Array; right: Uint32Array; same: Uint8Array }) {
  const longer = {
    left: new Uint32Array(2 * left.length),
    right: new Uint32Array(2 * left.length),
    same: new Uint8Array(2 * left.length),
  }
  longer.left.set(left)
  longer.right.set(right)
  longer.same.set(same)
  return longer
}
