import { type Begin, type DataMap, personOf } from '@tiny-face/record-stream'
import { DataError, placed } from '@tiny-face/safe-files'
import { modelOf } from '@tiny-face/verifier'
import { mustBeOfModel, templateOf } from '../face-template.js'
import { emptyGallery, type Gallery } from '../gallery.js'
import { type Enrolled, enrolFaces, type NewFace } from './enrol.js'
import { type QualityGate, rejectReason } from './quality-gate.js'

export interface EnrolRecordsOptions {
  /** Whose faces all of them are. Without, a record's label says it: by its name where the stream tells names, else as text. */
  person?: string | undefined
  gate?: QualityGate
  /** Called after each record. */
  onRecord?: () => void
  /** Milliseconds since 1970. */
  now?: number
}

export interface EnrolledRecords extends Enrolled {
  /** How many records did not pass the gate, by why. */
  rejects: Map<string, number>
}

/**
 * Enrols the faces of a record stream.
 *
 * @param gallery undefined for a new one, whose kind is that of the first face
 * @param records data maps with `id`, `embedding`, maybe `flipped`, `label` unless `person` is given, and `face` where the gate asks for it
 * @throws DataError that names source, record and id, as `enrol` does; where the embeddings are another model's; where no face is left
 */
export function enrolRecords(
  gallery: Gallery | undefined,
  records: Iterable<DataMap> & { readonly begin?: Begin },
  { person, gate = {}, onRecord, now }: EnrolRecordsOptions = {},
): EnrolledRecords {
  const rejects = new Map<string, number>()
  let record: DataMap | undefined
  let place = -1
  const source = () => records.begin?.source
  try {
    const faces = accepted()
    const first = faces.next()
    if (first.done) throw new DataError({ expected: 'faces to enrol', found: noFaces(place + 1) })
    const enrolled = enrolFaces(gallery ?? galleryFor(first.value, records.begin), chain(first.value, faces), now)
    return { ...enrolled, rejects }
  } catch (error) {
    throw placed(error, { file: source(), ...(record && { record: place, id: record.id }) })
  }

  function* accepted(): Generator<NewFace, void, undefined> {
    let begin: Begin | undefined
    const model = gallery === undefined ? records.begin && modelOf(records.begin) : gallery.model
    for (record of records) {
      place++
      // Segments of a stream may be of different networks, and number other people.
      if (records.begin !== begin) {
        begin = records.begin
        mustBeOfModel(begin && modelOf(begin), { model })
      }
      const reason = rejectReason(record.face, gate)
      if (reason !== undefined) rejects.set(reason, (rejects.get(reason) ?? 0) + 1)
      else yield newFace(record, person ?? nameOf(record, begin))
      onRecord?.()
    }
    record = undefined
  }

  function noFaces(count: number): string {
    return count === 0 ? 'no record' : `${count}, of which none passes: ${rejectsText(rejects)}`
  }
}

/** `3 score below 0.8, 1 turned by more than 30 degrees`. */
export function rejectsText(rejects: ReadonlyMap<string, number>): string {
  return [...rejects].map(([reason, count]) => `${count} ${reason}`).join(', ')
}

function galleryFor(face: NewFace, begin: Begin | undefined): Gallery {
  const { values, flip } = templateOf(face)
  return emptyGallery({ size: values.length, flip, model: begin && modelOf(begin) })
}

function newFace({ id, embedding, flipped }: DataMap, person: string): NewFace {
  if (id === undefined) throw new DataError({ message: 'no id: it says which picture the face is of' })
  if (embedding === undefined) throw new DataError({ message: 'no embedding: put arcface-embed before this command' })
  return { person, id: String(id), embedding, flipped }
}

function nameOf({ label }: DataMap, begin: Begin | undefined): string {
  const person = personOf(label)
  if (person === undefined) {
    const message = label === undefined ? 'no label' : 'the label is no whole number of at least 0'
    throw new DataError({ message: `${message}, which would say who it is; --person NAME says it for all` })
  }
  const name: unknown = Array.isArray(begin?.names) ? begin.names[person] : undefined
  return typeof name === 'string' ? name : String(person)
}

function* chain<T>(first: T, rest: Iterable<T>): Generator<T, void, undefined> {
  yield first
  yield* rest
}
