import type { Label } from '@tiny-face/record-stream'
import type { DataError } from '@tiny-face/safe-files'

export interface ImageFile {
  /** Relative to the source, with `/`. */
  path: string
  /** Undefined for a photo of nobody in particular. */
  label?: Label
}

/** The images that are to be read, and all that is known ahead to stand in the way. */
export interface ImageListing<T extends ImageFile = ImageFile> {
  /** Names by label; undefined where labels are numbers without names. */
  people: string[] | undefined
  images: T[]
  problems: ListingProblem[]
  /** What is worth a remark and no problem: each a sentence. */
  remarks: string[]
}

export interface ListingProblem {
  error: DataError
  /** How many images, or lines of a list, are not read because of it. */
  images: number
}
