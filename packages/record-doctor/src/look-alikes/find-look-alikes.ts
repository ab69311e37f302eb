import type { Link } from '../findings/finding.js'
import type { PictureTable } from '../picture-table.js'
import { DisjointSets } from './disjoint-sets.js'
import { sameDigest } from './exact-index.js'
import { hashPictures, lookAlikeDistance, lookAlikeSpace } from './look-alike-distance.js'
import { MIRROR_BITS } from './mirror-signs.js'
import { nearHashes } from './near-hashes.js'

/**
 * Two pictures look alike when their hashes differ in at most this many of 64 bits and their distance is at most that. Measured on
 * aligned photographs (README): copies that were compressed, resized, brightened or moved by a pixel are nearer; photographs of two
 * people never came below 0.16.
 */
export const MAX_HASH_DISTANCE = 8
export const MAX_LOOK_ALIKE_DISTANCE = 0.06

/**
 * Pictures at most so far from each other are taken for one photograph. A copy that was only compressed, resized, brightened, blurred or
 * turned grey is nearer (README); one that was moved by a pixel is not, nor is the next picture of a series in other light: those two
 * no distance tells apart.
 */
export const MAX_COPY_DISTANCE = 0.005

/**
 * A picture is called another's mirror image only where the two, as they are, are at least so far apart: a face that looks straight ahead
 * is like its own mirror image, and in light from the left like itself in light from the right. Of real faces three quarters are at 0.76
 * or more from their own mirror images.
 */
const MIN_UNMIRRORED_DISTANCE = 0.5

export interface LookAlikes {
  /** Sets of the dataset's rows that are alike, each in ascending order, with the links that make it one. */
  groups: LookAlikeGroup[]
  /** For each of the dataset's rows that is like a test set's: the closest of those. `a` is the dataset's row, `b` the test set's. */
  inTests: Link[]
}

export interface LookAlikeGroup {
  rows: number[]
  links: Link[]
  /** Whether all of them are one photograph, by MAX_COPY_DISTANCE. */
  areCopies: boolean
}

/**
 * @param table the test sets' rows first, then the dataset's
 * @param tests how many rows are the test sets'
 * @param copies for each row whose bytes came before (in the test sets or in the dataset, each for itself): where
 */
export function findLookAlikes(
  table: PictureTable,
  { tests, copies }: { tests: number; copies: ReadonlyMap<number, number> },
): LookAlikes {
  const alike = new DisjointSets(table.count)
  const copied = new DisjointSets(table.count)
  const links: Link[] = []
  const nearest = new Map<number, Link>()
  for (const [row, first] of copies) {
    if (row < tests) continue
    alike.join(first, row)
    copied.join(first, row)
    links.push({ a: first, b: row, likeness: 'exact', distance: 0 })
  }

  const rows = comparable(table, copies)
  const space = lookAlikeSpace(table.fingerprints, rows)
  const hashes = hashPictures(space, table.fingerprints, rows)
  const distanceOf = (a: number, b: number, mirrored = false) =>
    lookAlikeDistance(space, table.fingerprints, a, b, mirrored)
  for (const mirrored of [false, true]) {
    const options = mirrored ? { radius: MAX_HASH_DISTANCE, flip: MIRROR_BITS } : { radius: MAX_HASH_DISTANCE }
    nearHashes(hashes, options, (i, j) => {
      const [earlier, later] = [rows[i]!, rows[j]!]
      if (later < tests) return
      if (earlier >= tests && copied.first(earlier) === copied.first(later)) return
      const distance = distanceOf(earlier, later, mirrored)
      if (distance > MAX_LOOK_ALIKE_DISTANCE) return
      if (earlier >= tests) {
        const differsUnmirrored = !mirrored || distanceOf(earlier, later) >= MIN_UNMIRRORED_DISTANCE
        const isCopy = distance <= MAX_COPY_DISTANCE && differsUnmirrored
        const isNew = alike.join(earlier, later)
        if (isCopy) copied.join(earlier, later)
        if (isCopy || isNew) links.push({ a: earlier, b: later, likeness: mirrored ? 'mirrored' : 'near', distance })
        return
      }
      const same = !mirrored && sameDigest(table.digests, earlier, later)
      const link: Link = { a: later, b: earlier, likeness: same ? 'exact' : mirrored ? 'mirrored' : 'near', distance }
      if (isCloser(link, nearest.get(later))) nearest.set(later, link)
    })
  }
  const groups = grouped(alike, links).flatMap(group => {
    const labels = new Set(group.rows.map(row => table.label(row)))
    return labels.size > 1 ? [{ ...group, areCopies: false }] : copiesAndSeries(group, copied, distanceOf)
  })
  return { groups, inTests: withCopies(nearest, copies) }
}

/**
 * Parts what is alike under one label into sets of copies, and the series that they are in: a picture of each set, and those that
 * have no copy. Steps that are small each for itself may lead far: copies are near the first of them as well.
 */
function copiesAndSeries(
  { rows, links }: Group,
  copied: DisjointSets,
  distanceOf: (a: number, b: number, mirrored?: boolean) => number,
): LookAlikeGroup[] {
  const sets = grouped(
    copied,
    links.filter(({ a, b }) => copied.first(a) === copied.first(b)),
  )
  const areNear = ({ rows, links }: Group) => {
    const exact = new Set(links.filter(({ likeness }) => likeness === 'exact').flatMap(({ a, b }) => [a, b]))
    return rows.every(row => {
      if (exact.has(row)) return true
      return Math.min(distanceOf(rows[0]!, row), distanceOf(rows[0]!, row, true)) <= 2 * MAX_COPY_DISTANCE
    })
  }
  const copies = sets.filter(areNear).map(set => ({ ...set, areCopies: true }))
  const again = new Set(copies.flatMap(({ rows }) => rows.slice(1)))
  const series = rows.filter(row => !again.has(row))
  if (series.length < 2) return copies
  const others = links.filter(link => !copies.some(set => set.links.includes(link)))
  return [...copies, { rows: series, links: others, areCopies: false }]
}

/** The rows with a structure to compare, of equal ones the first. */
function comparable(table: PictureTable, copies: ReadonlyMap<number, number>): Uint32Array {
  const rows = new Uint32Array(table.count)
  let count = 0
  for (let row = 0; row < table.count; row++) {
    if (!copies.has(row) && table.hasFingerprint(row)) rows[count++] = row
  }
  return rows.subarray(0, count)
}

const ORDER = { exact: 0, near: 1, mirrored: 2 }

function isCloser(link: Link, than: Link | undefined): boolean {
  if (than === undefined) return true
  if (ORDER[link.likeness] !== ORDER[than.likeness]) return ORDER[link.likeness] < ORDER[than.likeness]
  return link.distance < than.distance || (link.distance === than.distance && link.b < than.b)
}

type Group = Pick<LookAlikeGroup, 'rows' | 'links'>

function grouped(sets: DisjointSets, links: readonly Link[]): Group[] {
  const groups = new Map<number, { rows: Set<number>; links: Link[] }>()
  for (const link of links) {
    const first = sets.first(link.a)
    let group = groups.get(first)
    if (group === undefined) {
      group = { rows: new Set(), links: [] }
      groups.set(first, group)
    }
    group.rows.add(link.a).add(link.b)
    group.links.push(link)
  }
  return [...groups.values()].map(({ rows, links }) => ({ rows: [...rows].sort((a, b) => a - b), links }))
}

/** What holds for a picture holds for its copies. */
function withCopies(nearest: ReadonlyMap<number, Link>, copies: ReadonlyMap<number, number>): Link[] {
  const links = [...nearest.values()]
  for (const [row, first] of copies) {
    const link = nearest.get(first)
    if (link !== undefined) links.push({ ...link, a: row })
  }
  return links.sort((x, y) => x.a - y.a)
}
