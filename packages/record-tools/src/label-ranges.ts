import { UsageError } from '@tiny-face/safe-files'
import { listedEntries } from './listed-entries.js'

/** The labels from `first` to `last`, both included. */
export interface LabelRange {
  first: number
  last: number
}

/** A set of labels: ranges in ascending order that neither touch nor overlap. */
export type LabelRanges = readonly LabelRange[]

/**
 * Reads `0-29,35`, or, of `@FILE`, the file's lines: labels and ranges of them, in any order.
 *
 * @throws UsageError where the text is no such list, or names a file that is empty
 */
export function readLabelRanges(text: string): LabelRanges {
  return merged(listedEntries(text, 'a label').map(parseRange))
}

/** The labels of `ranges` that are not in `except`. */
export function withoutLabels(ranges: LabelRanges, except: LabelRanges): LabelRanges {
  const kept: LabelRange[] = []
  let next = 0
  for (const { first, last } of ranges) {
    let from = first
    while (next < except.length && except[next]!.last < from) next++
    for (let at = next; at < except.length && except[at]!.first <= last; at++) {
      if (except[at]!.first > from) kept.push({ first: from, last: except[at]!.first - 1 })
      from = except[at]!.last + 1
    }
    if (from <= last) kept.push({ first: from, last })
  }
  return kept
}

export function countLabels(ranges: LabelRanges): number {
  return ranges.reduce((count, { first, last }) => count + last - first + 1, 0)
}

/** Finds how many labels of the set are smaller than one; -1 where it is not in the set. Thousands of ranges take no longer than one. */
export function labelRanks(ranges: LabelRanges): (label: number) => number {
  const smaller = new Float64Array(ranges.length)
  for (let i = 1; i < ranges.length; i++) smaller[i] = smaller[i - 1]! + countLabels([ranges[i - 1]!])
  return label => {
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (ranges[middle]!.last < label) low = middle + 1
      else high = middle
    }
    const range = ranges[low]
    return range === undefined || label < range.first ? -1 : smaller[low]! + label - range.first
  }
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
