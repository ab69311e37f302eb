import { UNKNOWN } from '../enrol/person-name.js'
import type { Gallery } from '../gallery.js'
import type { IdentifiedRecord } from './search-records.js'

/** Of the records of a search those of people who are known, each labelled with its person's place among the gallery's names. */
export async function* labelRecords(
  { names }: Pick<Gallery, 'names'>,
  records: AsyncIterable<IdentifiedRecord>,
): AsyncGenerator<IdentifiedRecord, void, undefined> {
  const labels = new Map(names.map((name, label) => [name, label]))
  for await (const record of records)
    if (record.person !== UNKNOWN) yield { ...record, label: labels.get(record.person)! }
}
