/** How two pictures are alike: the same bytes, the same look, or one the other's mirror image. */
export type Likeness = 'exact' | 'near' | 'mirrored'

/** Two pictures that are alike, by their rows. */
export interface Link {
  a: number
  b: number
  likeness: Likeness
  /** 0 for the same look; see look-alike-distance.ts. */
  distance: number
}

/** What is looked for, the most harmful first. */
export const FINDING_KINDS = [
  'two-labels',
  'test-overlap',
  'undecodable',
  'looks-damaged',
  'blank',
  'bad-label',
  'exact-duplicate',
  'near-duplicate',
  'mirrored-duplicate',
  'look-alike',
  'odd-size',
  'few-images',
  'empty-label',
] as const

export type FindingKind = (typeof FINDING_KINDS)[number]

export interface Finding {
  kind: FindingKind
  /** The pictures in question, by their rows; of a test-overlap the dataset's. */
  rows: number[]
  /** What ties the pictures together; of a test-overlap `b` is the test set's. */
  links?: Link[]
  /** The class in question. */
  label?: number
  /** Of an empty-label the last of a run of labels without a picture. */
  last?: number
  /** Of a test-overlap the number of the test set. */
  test?: number
  /** What is wrong. */
  reason?: string
}

/** The first link of the closest pictures. */
export function closest({ links = [] }: Finding): Link | undefined {
  return links.reduce<Link | undefined>(
    (best, link) => (best === undefined || link.distance < best.distance ? link : best),
    undefined,
  )
}

/** The most harmful kind first; within a kind the surest or largest first; else as the pictures came. */
export function worstFirst(a: Finding, b: Finding): number {
  const order = FINDING_KINDS.indexOf(a.kind) - FINDING_KINDS.indexOf(b.kind)
  if (order !== 0) return order
  if (a.links !== undefined && b.links !== undefined) {
    const nearer = closest(a)!.distance - closest(b)!.distance
    if (nearer !== 0) return nearer
  }
  const size = a.kind === 'few-images' ? a.rows.length - b.rows.length : b.rows.length - a.rows.length
  return size || (a.label ?? 0) - (b.label ?? 0) || (a.rows[0] ?? 0) - (b.rows[0] ?? 0)
}

/** The kinds that were looked for: nobody is in a test set where none was given. */
export function lookedFor({ tests }: { tests: readonly unknown[] }): FindingKind[] {
  return FINDING_KINDS.filter(kind => kind !== 'test-overlap' || tests.length > 0)
}
