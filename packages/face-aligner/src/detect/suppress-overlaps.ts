/** What a detector proposes: the box's corners in pixels, and how sure it is. */
export interface Proposal {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
  readonly score: number
}

/** How much two proposals overlap, 0 to 1. */
export type Overlap<P extends Proposal> = (one: P, other: P) => number

/**
 * Non-maximum suppression: of proposals that overlap by more than `threshold`, the one with the best score is left.
 *
 * @returns the best first; of equal scores, the one that came first
 */
export function suppressOverlaps<P extends Proposal>(
  proposals: readonly P[],
  threshold: number,
  overlap: Overlap<P>,
): P[] {
  const kept: P[] = []
  for (const proposal of proposals.toSorted((one, other) => other.score - one.score))
    if (!kept.some(better => overlap(better, proposal) > threshold)) kept.push(proposal)
  return kept
}

/** Intersection over union of boxes whose corners are pixels that belong to them: a box from 3 to 5 is three pixels wide. */
export function overlapOfUnion(one: Proposal, other: Proposal): number {
  const shared = sharedArea(one, other)
  return shared / (area(one) + area(other) - shared)
}

/** Intersection over the smaller of the two: a box within another overlaps it wholly. */
export function overlapOfSmaller(one: Proposal, other: Proposal): number {
  return sharedArea(one, other) / Math.min(area(one), area(other))
}

function area({ left, top, right, bottom }: Proposal): number {
  return (right - left + 1) * (bottom - top + 1)
}

function sharedArea(one: Proposal, other: Proposal): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left) + 1
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) + 1
  return width > 0 && height > 0 ? width * height : 0
}
