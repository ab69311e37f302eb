import type { Begin, BeginFields, DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { countLabels, type LabelRanges, labelRank, withoutLabels } from './label-ranges.js'

export interface Selection {
  /** The labels to keep; all by default. */
  labels?: LabelRanges | undefined
  /** Labels to leave out, even where `labels` has them. */
  except?: LabelRanges | undefined
  /** Map the n kept labels to `first` … first + n - 1, in ascending order. */
  renumber?: boolean | undefined
  /** Where renumbered labels begin, 0 unless given: behind another dataset's, to join the two. */
  first?: number | undefined
}

/** Records with what their stream says of itself: a `RecordReader`, or any other such pair. */
export interface RecordSource extends Iterable<DataMap> {
  readonly begin: Begin
}

const EVERY_LABEL: LabelRanges = [{ first: 0, last: Number.MAX_SAFE_INTEGER }]

/**
 * Keeps the records whose label is a whole number of the selection; all other fields pass through.
 *
 * Renumbering takes the selection's labels, not the ones that occur, so that it needs one pass only and training and test
 * sets cut with the same selection agree: label l becomes the number of selected labels below l. Where the stream says how
 * many classes it has, labels from there on are no part of the selection.
 *
 * @throws DataError where the number of classes after renumbering is not known (no `labels`, and none in the stream), or a
 *   record's label is not below the stream's `classes`
 */
export function selectLabels(
  source: RecordSource,
  selection: Selection,
): { begin: BeginFields; records: Iterable<DataMap> } {
  const { source: file, classes, names } = source.begin
  const kept = withoutLabels(selection.labels ?? EVERY_LABEL, selection.except ?? [])
  if (!selection.renumber) return { begin: { source: file, classes, names }, records: keep(source, kept) }
  if (classes === undefined && selection.labels === undefined) {
    throw new DataError({
      file,
      expected: 'a stream that says how many classes it has, to renumber what is left of them',
      found: 'none; name the labels to keep',
    })
  }
  const below = classes === undefined ? kept : withoutLabels(kept, [{ first: classes, last: Number.MAX_SAFE_INTEGER }])
  const { first = 0 } = selection
  return {
    begin: {
      source: file,
      classes: first + countLabels(below),
      // Of the labels before the first nobody knows the names.
      names: first > 0 ? undefined : names?.filter((_, label) => labelRank(below, label) >= 0),
    },
    records: renumber(source, below, first, classes),
  }
}

function* keep(source: Iterable<DataMap>, kept: LabelRanges): Generator<DataMap> {
  for (const record of source) if (rankOf(record, kept) >= 0) yield record
}

function* renumber(
  source: RecordSource,
  kept: LabelRanges,
  first: number,
  classes = Number.MAX_SAFE_INTEGER,
): Generator<DataMap> {
  let index = -1
  for (const record of source) {
    index++
    if (typeof record.label === 'number' && record.label >= classes) {
      throw new DataError({
        file: source.begin.source,
        record: index,
        id: record.id,
        expected: `a label below the stream's ${classes} classes`,
        found: `${record.label}`,
      })
    }
    const rank = rankOf(record, kept)
    if (rank >= 0) yield { ...record, label: first + rank }
  }
}

function rankOf({ label }: DataMap, kept: LabelRanges): number {
  return typeof label === 'number' && Number.isInteger(label) ? labelRank(kept, label) : -1
}
