import { placed } from '@tiny-face/safe-files'
import { personOf } from './person.js'
import type { DataMap } from './record.js'

/** Takes the person of each record by the one rule of all tools (`personOf`), and counts what is to be said of it once a run. */
export class LabelCensus {
  /** Records that were seen. */
  records = 0
  /** Records whose label is several numbers, of which the first is the person. */
  several = 0
  /** Records that stand for no person: without a label, or with one that is, or begins with, no whole number of at least 0. */
  nobody = 0
  readonly #source: string | undefined

  /** @param source of the records, for messages */
  constructor(source?: string) {
    this.#source = source
  }

  /** @throws DataError where a label is a malformed tensor */
  personOf({ id, label }: DataMap): number | undefined {
    const record = this.records++
    if (typeof label === 'object') this.several++
    try {
      const person = personOf(label)
      if (person === undefined) this.nobody++
      return person
    } catch (error) {
      throw placed(error, { file: this.#source, record, id })
    }
  }

  /** What is odd, in whole clauses for people. */
  remarks(): string[] {
    const remarks: string[] = []
    if (this.several > 0) remarks.push(severalNumbers(this.several))
    if (this.nobody > 0) {
      const records = this.nobody === 1 ? '1 record' : `${this.nobody} records`
      remarks.push(`left out ${records} without a person: no label, or none that is a whole number of at least 0`)
    }
    return remarks
  }
}

/** The remark on labels of several numbers that all tools make. */
export function severalNumbers(count: number): string {
  return count === 1
    ? '1 label is several numbers: the first is taken for the person'
    : `${count} labels are several numbers: the first is taken for the person`
}
