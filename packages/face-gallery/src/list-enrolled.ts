import type { Gallery } from './gallery.js'

/** Who is in a gallery. */
export interface EnrolledPerson {
  person: string
  /** How many faces of theirs. */
  faces: number
  /** When the first and the last of them was enrolled. */
  first: Date
  last: Date
}

/** The people of a gallery, in the order of their enrolment. */
export function listEnrolled({ names, people, enrolled }: Gallery): EnrolledPerson[] {
  const faces = new Uint32Array(names.length)
  const first = new Float64Array(names.length).fill(Number.POSITIVE_INFINITY)
  const last = new Float64Array(names.length)
  people.forEach((person, face) => {
    faces[person]!++
    first[person] = Math.min(first[person]!, enrolled[face]!)
    last[person] = Math.max(last[person]!, enrolled[face]!)
  })
  return names.map((person, i) => ({
    person,
    faces: faces[i]!,
    first: new Date(first[i]!),
    last: new Date(last[i]!),
  }))
}
