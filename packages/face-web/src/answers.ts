/** What the server answers and the page reads, as JSON. */

/** A person of the gallery who looks like a face. */
export interface LikePerson {
  readonly person: string
  /** Cosine of the angle between the two embeddings: -1 to 1, 1 is the same. */
  readonly similarity: number
}

/** A face in a photo. */
export interface FoundFace {
  /** Left, top, width and height in pixels of the upright photo. */
  readonly box: readonly [number, number, number, number]
  /** Eyes, nose and corners of the mouth: x, y in pixels of the upright photo. */
  readonly points: readonly (readonly [number, number])[]
  /** How sure the detector is: 0 to 1. */
  readonly score: number
  /** The people of the gallery who look most like it, the most alike first; none where nobody is enrolled. */
  readonly like: readonly LikePerson[]
}

export interface FoundFaces {
  /** Of the upright photo, in pixels. */
  readonly width: number
  readonly height: number
  readonly faces: readonly FoundFace[]
}

export interface Compared {
  readonly photos: readonly [FoundFaces, FoundFaces]
  /** Of the largest faces of both; null where a photo has none. */
  readonly similarity: number | null
}

export interface EnrolledPerson {
  readonly person: string
  /** How many of their faces are enrolled. */
  readonly faces: number
}

/** What the page shows from the start. */
export interface GalleryState {
  /** The gallery's file name and the network that knows the faces. */
  readonly gallery: string
  readonly model: string
  readonly people: readonly EnrolledPerson[]
  /** The similarity that a face must be over to be taken for a person's; null where none was given. */
  readonly threshold: number | null
  readonly maxUploadBytes: number
}

export interface Refusal {
  readonly error: string
}
