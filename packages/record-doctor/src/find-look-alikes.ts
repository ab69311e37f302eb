import { DisjointSets } from './disjoint-sets.js'
import { sameDigest } from './exact-index.js'
import type { Link } from './findings.js'
import { hashPictures, lookAlikeDistance, lookAlikeSpace, MIRROR_BITS } from './look-alike-space.js'
import { nearHashes } from './near-hashes.js'
import type { PictureTable } from './picture-table.js'

/**
 * Two pictures look alike when their hashes differ in at most this many of 64 bits and their distance is at most that. Measured on
 * aligned photographs (README): copies that were compressed, resized, brightened or moved by a pixel are nearer; photographs of two
 * people never came below 0.16.
 */
export const MAX_HASH_DISTANCE = 8
export const MAX_LOOK_ALIKE_DISTANCE = 0.06

export interface LookAlikes {
  /** Sets of the dataset's rows that are alike, each in ascending order, with the links that make it one. */
  groups: { rows: number[]; links: Link[] }[]
  /** For each of the dataset's rows that is like a test set's: the closest of those. `a` is the dataset's row, `b` the test set's. */
  inTests: Link[]
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
  const sets = new DisjointSets(table.count)
  const links: Link[] = []
  const nearest = new Map<number, Link>()
  for (const [row, first] of copies) {
    if (row < tests) continue
    sets.join(first, row)
    links.push({ a: first, b: row, likeness: 'exact', distance: 0 })
  }

  const rows = comparable(table, copies)
  const space = lookAlikeSpace(table.fingerprints, rows)
  const hashes = hashPictures(space, table.fingerprints, rows)
  for (const mirrored of [false, true]) {
    const options = mirrored ? { radius: MAX_HASH_DISTANCE, flip: MIRROR_BITS } : { radius: MAX_HASH_DISTANCE }
    nearHashes(hashes, options, (i, j) => {
      const [earlier, later] = [rows[i]!, rows[j]!]
      if (later < tests) return
      if (earlier >= tests && sets.first(earlier) === sets.first(later)) return
      const distance = lookAlikeDistance(space, table.fingerprints, earlier, later, mirrored)
      if (distance > MAX_LOOK_ALIKE_DISTANCE) return
      if (earlier >= tests) {
        sets.join(earlier, later)
        links.push({ a: earlier, b: later, likeness: mirrored ? 'mirrored' : 'near', distance })
        return
      }
      const same = !mirrored && sameDigest(table.digests, earlier, later)
      const link: Link = { a: later, b: earlier, likeness: same ? 'exact' : mirrored ? 'mirrored' : 'near', distance }
      if (isCloser(link, nearest.get(later))) nearest.set(later, link)
    })
  }
  return { groups: grouped(sets, links), inTests: withCopies(nearest, copies) }
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

function grouped(sets: DisjointSets, links: Link[]): LookAlikes['groups'] {
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
