import { type DataMap, LabelCensus } from '@tiny-face/record-stream'
import { DataError, placed, type RecordId } from '@tiny-face/safe-files'
import { xoroshiro } from '@tiny-face/seeded-random'
import { type FaceKind, kindOf, mustBeOfKind } from '../pairs/face-kind.js'
import { measureFace } from '../pairs/measure-record.js'
import type { TemplateRows } from '../similarity/similarity-blocks.js'

/** Faces of people: their templates, one a row, and who each is. */
export interface LabelledFaces extends TemplateRows {
  /** The label of the person of each row. */
  readonly people: Float64Array
  /** Whether embeddings of mirror images were added. */
  readonly flip: boolean
  /** Faces that were read; `length` of them were drawn. */
  readonly seen: number
}

export interface CollectOptions {
  /** The most faces that are kept: of more, this many are drawn, each as likely as any other. */
  limit?: number
  /** Decides which are drawn. */
  seed?: number
  /** What the records come from, for messages. */
  source?: string | undefined
  /** Called with each record after its face was measured; what it throws is located as this function's own errors are. */
  onFace?: (record: DataMap, person: number) => void
}

/** The most memory that templates are given, 8 bytes a number. */
export const MAX_TEMPLATE_BYTES = 2 ** 32

/**
 * Reads the faces of a stream.
 *
 * @param records data maps with `label`, `embedding` and maybe `flipped` (float32 `[size]`)
 * @throws DataError that names the source, the record and its id: where there is no label or no embedding, where an embedding has
 *   no direction, or another size than the others; and where more faces come than MAX_TEMPLATE_BYTES hold
 */
export function collectFaces(records: Iterable<DataMap>, options: CollectOptions = {}): LabelledFaces {
  const { limit = Number.POSITIVE_INFINITY, seed = 1, source, onFace } = options
  const census = new LabelCensus(source)
  const random = xoroshiro(seed)
  const people: number[] = []
  let templates = new Float64Array(0)
  let first: FaceKind | undefined
  for (const record of records) {
    const place = census.records
    const person = census.personOf(record)
    const { template, kind } = located({ file: source, record: place, id: record.id }, () => {
      if (person === undefined) throw new DataError({ message: noPerson(record) })
      const face = measureFace(record)
      const kind = kindOf(face)
      mustBeOfKind(kind, first ?? kind)
      onFace?.(record, person)
      return { template: face.template, kind }
    })
    first ??= kind
    // Vitter's algorithm R: after every face, each one so far is kept with the same probability.
    const row = place < limit ? place : random.whole(0, place)
    if (row < limit) {
      if ((row + 1) * first.size > templates.length) templates = grown(templates, (row + 1) * first.size, source)
      templates.set(template, row * first.size)
      people[row] = person!
    }
  }
  if (first === undefined) throw new DataError({ file: source, expected: 'faces with embeddings', found: 'no record' })
  const length = people.length
  return {
    length,
    size: first.size,
    templates: templates.subarray(0, length * first.size),
    people: Float64Array.from(people),
    flip: first.flip,
    seen: census.records,
  }
}

/** The template of a face: a view. */
export function rowOf({ templates, size }: TemplateRows, row: number): Float64Array {
  return templates.subarray(row * size, (row + 1) * size)
}

/** Some of the faces, by their rows: copies. */
export function selectFaces(faces: LabelledFaces, rows: readonly number[]): LabelledFaces {
  const templates = new Float64Array(rows.length * faces.size)
  rows.forEach((row, i) => {
    templates.set(rowOf(faces, row), i * faces.size)
  })
  const people = Float64Array.from(rows, row => faces.people[row]!)
  return { ...faces, length: rows.length, templates, people }
}

function noPerson({ label }: DataMap): string {
  return label === undefined
    ? 'no label: it says who is in the picture, a number for each person'
    : 'the label is no whole number of at least 0, which would say who is in the picture'
}

function located<T>(place: { file?: string | undefined; record: number; id?: RecordId | undefined }, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw placed(error, place)
  }
}

function grown(values: Float64Array, length: number, file: string | undefined): Float64Array<ArrayBuffer> {
  const most = MAX_TEMPLATE_BYTES / values.BYTES_PER_ELEMENT
  if (length > most)
    throw new DataError({ file, expected: `embeddings of at most ${most} numbers together`, found: 'more' })
  const longer = new Float64Array(Math.min(most, Math.max(length, 2 * values.length)))
  longer.set(values)
  return longer
}
