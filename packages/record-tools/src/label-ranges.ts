import { UsageError } from '@tiny-face/safe-files'

/** The labels from `first` to `last`, both included. */
export interface LabelRange {
  first: number
  last: number
}

/** A set of labels: ranges in ascending order that neither touch nor overlap. */
export type LabelRanges = readonly LabelRange[]

/**
 * Reads `0-29,35`: labels and ranges of them, in any order.
 *
 * @throws UsageError where the text is no such list
 */
export function parseLabelRanges(text: string): LabelRanges {
  return merged(text.split(',').map(parseRange))
}

/** The labels of `ranges` that are not in `except`. */
export function withoutLabels(ranges: LabelRanges, except: LabelRanges): LabelRanges {
  let kept: LabelRange[] = [...ranges]
  for (const { first, last } of except) {
    kept = kept.flatMap(range => [
      { first: range.first, last: Math.min(range.last, first - 1) },
      { first: Math.max(range.first, last + 1), last: range.last },
    ])
    kept = kept.filter(range => range.first <= range.last)
  }
  return kept
}

export function countLabels(ranges: LabelRanges): number {
  return ranges.reduce((count, { first, last }) => count + last - first + 1, 0)
}

/** How many labels of the set are smaller than `label`; -1 where `label` is not in the set. */
export function labelRank(ranges: LabelRanges, label: number): number {
  let smaller = 0
  for (const { first, last } of ranges) {
    if (label < first) return -1
    if (label <= last) return smaller + label - first
    smaller += last - first + 1
  }
  return -1
}

function parseRange(text: string): LabelRange {
  const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(text)
  const first = Number(match?.[1])
  const last = Number(match?.[2] ?? match?.[1])
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last)) {
    throw new UsageError(`expected labels and ranges of labels like 0-29,35, found '${text}'`)
  }
  if (last < first) throw new UsageError(`expected a range of labels that ascends, found '${text}'`)
  return { first, last }
}

function merged(ranges: LabelRange[]): LabelRange[] {
  const disjoint: LabelRange[] = []
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const previous = disjoint.at(-1)
    if (previous !== undefined && first <= previous.last + 1) previous.last = Math.max(previous.last, last)
    else disjoint.push({ first, last })
  }
  return disjoint
}
