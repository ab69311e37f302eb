import type { EmbeddingModel } from '@tiny-face/record-stream'

/** What the embeddings of a gallery have in common: only such can be compared. */
export interface GalleryKind {
  /** Numbers of an embedding. */
  readonly size: number
  /** Whether a template is the sum with the mirror image's embedding. */
  readonly flip: boolean
  /** The network that made the embeddings; undefined where its stream did not say. */
  readonly model?: EmbeddingModel | undefined
}

/**
 * Faces of people who are known by name, in the order of their enrolment, in columns: everything of face `i` lies at place `i`. A gallery
 * does not change: who enrols or removes gets another one, which shares most of its memory.
 */
export interface Gallery extends GalleryKind {
  /** The number of faces. */
  readonly length: number
  /** The people's names, each once; every one has a face. */
  readonly names: readonly string[]
  /** Whose face it is: a place among the names. */
  readonly people: Uint32Array
  /** Which picture it is of: the id of its record, as text. */
  readonly ids: readonly string[]
  /** When it was enrolled, in milliseconds since 1970. */
  readonly enrolled: Float64Array
  /** Templates, one a face, of length 1: `[faces, size]`, cut into slabs of at most `slabFaces(size)` faces. */
  readonly slabs: readonly Float32Array[]
}

/** Memory of a slab: so much is copied where a face comes or goes, and so much is a block of the search. */
export const SLAB_BYTES = 2 ** 25

/** The most faces that lie in one slab. */
export function slabFaces(size: number): number {
  return Math.max(1, Math.floor(SLAB_BYTES / (Float32Array.BYTES_PER_ELEMENT * size)))
}

export function emptyGallery({ size, flip, model }: GalleryKind): Gallery {
  const [people, enrolled] = [new Uint32Array(0), new Float64Array(0)]
  return { size, flip, model, length: 0, names: [], people, ids: [], enrolled, slabs: [] }
}

/** The gallery without some of its faces, and without the people who have no other. No memory of those that go is kept. */
export function keepFaces(gallery: Gallery, keeps: (face: number) => boolean): Gallery {
  const kept: number[] = []
  for (let face = 0; face < gallery.length; face++) if (keeps(face)) kept.push(face)
  if (kept.length === gallery.length) return gallery
  const places = new Map<number, number>()
  const people = Uint32Array.from(kept, face => {
    const person = gallery.people[face]!
    if (!places.has(person)) places.set(person, places.size)
    return places.get(person)!
  })
  return {
    ...gallery,
    length: kept.length,
    names: [...places.keys()].map(person => gallery.names[person]!),
    people,
    ids: kept.map(face => gallery.ids[face]!),
    enrolled: Float64Array.from(kept, face => gallery.enrolled[face]!),
    slabs: keepRows(gallery, kept),
  }
}

/** The slabs with the kept faces only: those that lose none are shared. */
function keepRows({ size, slabs }: Gallery, kept: readonly number[]): Float32Array[] {
  const left: Float32Array[] = []
  let first = 0
  let next = 0
  for (const slab of slabs) {
    const end = first + slab.length / size
    const start = next
    while (next < kept.length && kept[next]! < end) next++
    if (next - start === end - first) left.push(slab)
    else if (next > start) {
      const rows = new Float32Array((next - start) * size)
      for (let i = start; i < next; i++) {
        const at = (kept[i]! - first) * size
        rows.set(slab.subarray(at, at + size), (i - start) * size)
      }
      left.push(rows)
    }
    first = end
  }
  return left
}
