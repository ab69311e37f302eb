/**
 * A record stream as JSON Lines: an object per record, its fields as json-values.ts says.
 *
 * For jq and people an image is its length and SHA-256, and what the stream says of itself is left out. With `all` nothing
 * is: bytes are in base64, and before the records of each segment stands its begin,
 *
 *     {"begin":1,"count":4324,"classes":158,"names":["Aaron Peirsol",…],"source":"train.rec"}
 *
 * so that jsonRecords restores the stream byte for byte.
 */
import type { Begin, DataMap } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { toJson } from './json-values.js'

export interface RecordJsonOptions {
  /** Keep bytes, and write begins. */
  all?: boolean
}

/** What gives records and says what the segment being read begins with: a RecordReader. */
export interface RecordSource extends Iterable<DataMap> {
  readonly begin: Begin
}

/**
 * The lines, without their newlines, in order; `bytes` are those of the record's images and payloads.
 *
 * @throws DataError that names record and id, for a map that would come back from JSON as something else
 */
export function* recordJson(
  records: RecordSource,
  { all = false }: RecordJsonOptions = {},
): Generator<{ line: string; record?: DataMap }> {
  let begin = records.begin
  if (all) yield { line: toJson(begin, true) }
  let count = 0
  for (const record of records) {
    if (all && records.begin !== begin) yield { line: toJson(records.begin, true) }
    begin = records.begin
    yield { line: recordLine(record, all, begin.source, count), record }
    count++
  }
}

function recordLine(record: DataMap, all: boolean, file: string | undefined, count: number): string {
  try {
    return toJson(record, all)
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new DataError({ ...error.fault, file, record: count, id: record.id })
  }
}
