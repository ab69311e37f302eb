import {
  type Begin,
  type BeginFields,
  type DataMap,
  type Label,
  LabelCensus,
  tensorOf,
  tensorValues,
} from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import type { IdSet } from './id-set.js'
import { countLabels, type LabelRanges, labelRanks, withoutLabels } from './label-ranges.js'

export interface Selection {
  /** The labels to keep; all by default. */
  labels?: LabelRanges | undefined
  /** Labels to leave out, even where `labels` has them. */
  except?: LabelRanges | undefined
  /** Records to leave out, by their ids. */
  exceptIds?: IdSet | undefined
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

export interface Selected {
  begin: BeginFields
  records: Iterable<DataMap>
  /** What was seen of labels, as far as `records` were read. */
  census: LabelCensus
}

/**
 * Keeps the records of the selection's people; of a label that is several numbers the first is the person. All other fields, and the
 * other numbers, pass through.
 *
 * Renumbering takes the selection's labels, not the ones that occur, so that it needs one pass only and training and test
 * sets cut with the same selection agree: label l becomes the number of selected labels below l. Where the stream says how
 * many classes it has, labels from there on are no part of the selection.
 *
 * @throws DataError where the number of classes after renumbering is not known (no `labels`, and none in the stream), a
 *   record's label is not below the stream's `classes`, or no record is left
 */
export function selectLabels(source: RecordSource, selection: Selection): Selected {
  const { begin } = source
  const { source: file, classes, names, alignment } = begin
  const census = new LabelCensus(file)
  const kept = withoutLabels(selection.labels ?? EVERY_LABEL, selection.except ?? [])
  if (!selection.renumber) {
    return {
      begin: { source: file, classes, names, alignment },
      records: select(source, begin, selection, census, kept),
      census,
    }
  }
  if (classes === undefined && selection.labels === undefined) {
    throw new DataError({
      file,
      expected: 'a stream that says how many classes it has, to renumber what is left of them',
      found: 'none; name the labels to keep',
    })
  }
  const below = classes === undefined ? kept : withoutLabels(kept, [{ first: classes, last: Number.MAX_SAFE_INTEGER }])
  const { first = 0 } = selection
  const rankOf = labelRanks(below)
  return {
    begin: {
      source: file,
      classes: first + countLabels(below),
      // Of the labels before the first nobody knows the names.
      names: first > 0 ? undefined : names?.filter((_, label) => rankOf(label) >= 0),
      alignment,
    },
    records: select(source, begin, selection, census, below),
    census,
  }
}

function* select(
  source: Iterable<DataMap>,
  { source: file, classes = Number.POSITIVE_INFINITY }: Begin,
  { renumber, first = 0, exceptIds }: Selection,
  census: LabelCensus,
  kept: LabelRanges,
): Generator<DataMap> {
  const rankOf = labelRanks(kept)
  let count = 0
  for (const record of source) {
    const { id, label, recordio } = record
    // Rows of a format, which have no label, stand for no picture.
    if (recordio?.role === 'header' || recordio?.role === 'identity') {
      census.records++
      continue
    }
    const person = census.personOf(record)
    if (person === undefined) continue
    if (renumber && person >= classes) {
      const expected = `a label below the stream's ${classes} classes`
      throw new DataError({ file, record: census.records - 1, id, expected, found: `${person}` })
    }
    const rank = rankOf(person)
    if (rank < 0 || (id !== undefined && exceptIds?.has(id))) continue
    count++
    yield renumber ? { ...record, label: relabelled(label!, first + rank) } : record
  }
  if (count === 0) {
    const found = `none in ${census.records === 1 ? '1 record' : `${census.records} records`}`
    throw new DataError({ file, expected: 'a record of the people to keep', found })
  }
}

/** A label for another person; the other numbers of several stay. */
function relabelled(label: Label, person: number): Label {
  if (typeof label !== 'object') return person
  const values = tensorValues(label).slice()
  values[0] = values instanceof BigInt64Array ? BigInt(person) : person
  return Number(values[0]) === person ? tensorOf(values, label.shape) : person
}
