import { DataError, placed } from '@tiny-face/safe-files'
import { type Embedded, mustFit, templateOf } from '../face-template.js'
import { type Gallery, keepFaces, slabFaces } from '../gallery.js'
import { MAX_NAME_BYTES, personName } from './person-name.js'

/** A face to enrol. */
export interface NewFace extends Embedded {
  /** Whose face it is. */
  readonly person: string
  /** Which picture it is of. A face of the same person and id takes the place of the earlier one. */
  readonly id: string
}

/** The most faces of a gallery: 2^24 of 512 numbers take 34 GB. */
export const MAX_FACES = 2 ** 24

/**
 * The gallery with more faces in it, behind those that it has. Where a person's face of the same id is there, it goes: the new one counts.
 *
 * @param faces are asked for one by one; their memory is not kept
 * @param now milliseconds since 1970
 * @throws DataError that names the face by its id, where its embedding is not of the gallery's kind, not finite or has no direction, its
 *   person has no name, or the gallery would be too large
 */
export function enrol(gallery: Gallery, faces: Iterable<NewFace>, now = Date.now()): Gallery {
  return enrolFaces(gallery, faces, now).gallery
}

/** What an enrolment did. */
export interface Enrolled {
  gallery: Gallery
  /** Faces that are new in the gallery, which are its last. */
  added: number
  /** Faces that went, as another of their person and id came. */
  replaced: number
}

/** `enrol`, and what it did. */
export function enrolFaces(gallery: Gallery, faces: Iterable<NewFace>, now = Date.now()): Enrolled {
  const newcomers = new Newcomers(gallery)
  for (const face of faces) {
    try {
      newcomers.add(face)
    } catch (error) {
      throw placed(error, { id: face.id })
    }
  }
  return newcomers.enrolled(now)
}

/** Faces that are to come into a gallery, in the order in which they came. */
class Newcomers {
  readonly #gallery: Gallery
  readonly #names: string[]
  readonly #places: Map<string, number>
  readonly #people: number[] = []
  readonly #ids: string[] = []
  readonly #slabs: Float32Array[] = []
  /** The last newcomer with an id, by person. */
  readonly #last = new Map<number, Map<string, number>>()

  constructor(gallery: Gallery) {
    this.#gallery = gallery
    this.#names = [...gallery.names]
    this.#places = new Map(gallery.names.map((name, place) => [name, place]))
  }

  add(face: NewFace): void {
    const { size, length } = this.#gallery
    const name = personName(face.person)
    if (typeof face.id !== 'string' || Buffer.byteLength(face.id) > MAX_NAME_BYTES)
      throw new DataError({ expected: `an id of at most ${MAX_NAME_BYTES} bytes of text`, found: 'none such' })
    const template = templateOf(face)
    mustFit(template, this.#gallery)
    const place = this.#ids.length
    if (length + place >= MAX_FACES)
      throw new DataError({ expected: `at most ${MAX_FACES} faces in a gallery`, found: 'more' })
    let person = this.#places.get(name)
    if (person === undefined) {
      person = this.#names.length
      this.#names.push(name)
      this.#places.set(name, person)
    }
    this.#people.push(person)
    this.#ids.push(face.id)
    const row = place % slabFaces(size)
    if (row === 0) this.#slabs.push(new Float32Array(slabFaces(size) * size))
    this.#slabs.at(-1)!.set(template.values, row * size)
    const ids = this.#last.get(person)
    if (ids === undefined) this.#last.set(person, new Map([[face.id, place]]))
    else ids.set(face.id, place)
  }

  enrolled(now: number): Enrolled {
    const { length, size } = this.#gallery
    const together: Gallery = {
      ...this.#gallery,
      length: length + this.#ids.length,
      names: this.#names,
      people: joined(this.#gallery.people, Uint32Array.from(this.#people)),
      ids: [...this.#gallery.ids, ...this.#ids],
      enrolled: joined(this.#gallery.enrolled, new Float64Array(this.#ids.length).fill(now)),
      slabs: joinedSlabs(this.#gallery.slabs, this.#filledSlabs(), size),
    }
    const gallery = keepFaces(together, face => {
      const last = this.#last.get(together.people[face]!)?.get(together.ids[face]!)
      return last === undefined || last + length === face
    })
    const added = [...this.#last.values()].reduce((sum, ids) => sum + ids.size, 0)
    return { gallery, added, replaced: together.length - gallery.length }
  }

  /** Of the last slab, the rows that are filled. */
  #filledSlabs(): Float32Array[] {
    const { size } = this.#gallery
    const rows = this.#ids.length - (this.#slabs.length - 1) * slabFaces(size)
    return this.#slabs.map((slab, i) => (i < this.#slabs.length - 1 ? slab : slab.slice(0, rows * size)))
  }
}

function joined<T extends Uint32Array | Float64Array>(first: T, second: T): T {
  const both = new (first.constructor as new (length: number) => T)(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** Slabs one behind the other; where the last of the first and the first of the second fit into one, they are one. */
function joinedSlabs(first: readonly Float32Array[], second: readonly Float32Array[], size: number): Float32Array[] {
  const [last, next] = [first.at(-1), second[0]]
  if (last === undefined || next === undefined || last.length + next.length > slabFaces(size) * size)
    return [...first, ...second]
  const both = new Float32Array(last.length + next.length)
  both.set(last)
  both.set(next, last.length)
  return [...first.slice(0, -1), both, ...second.slice(1)]
}
