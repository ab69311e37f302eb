import type { Compared, FoundFaces, GalleryState } from '../answers.js'

/** A photo that was dropped, chosen or taken, with what was found in it. */
export interface Photo {
  readonly file: Blob
  readonly name: string
  /** Of the picture, for `<img>`; it is the browser's own copy. */
  readonly url: string
  /** Undefined while it is looked at. */
  found?: FoundFaces
  /** Why it could not be looked at. */
  error?: string
}

/** Two photos of which it is asked whether they show one person. */
export interface Comparison {
  first?: Photo
  second?: Photo
  result?: Compared
  error?: string
}

/** All that the page shows. */
export interface State {
  gallery?: GalleryState
  /** The similarity that a face must be over to be given a name. */
  threshold: number
  /** Newest first. */
  photos: Photo[]
  comparison: Comparison
  camera?: MediaStream
  /** What went wrong last, or what was done. */
  notice: string
}

/** So many photos are shown; the oldest goes when another comes. */
export const MAX_PHOTOS = 40
/** Where the slider starts when nobody calibrated a threshold. */
export const UNCALIBRATED = 0.5

export function newPhoto(file: Blob, name: string): Photo {
  return { file, name, url: URL.createObjectURL(file) }
}

/** Gives the browser its copy of the picture back. */
export function forget(photo: Photo | undefined): void {
  if (photo) URL.revokeObjectURL(photo.url)
}
