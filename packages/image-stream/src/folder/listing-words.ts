import { join } from 'node:path'
import type { ImageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { RESIZED_FORMATS } from '../codec/resize-image.js'
import type { ListingProblem } from '../image-listing.js'
import type { SourceEntry } from '../source/image-source.js'

/** A file, or a folder and all that is in it, that cannot be read. */
export function unreadable(name: string, { path, kind, fault }: SourceEntry): ListingProblem {
  const expected = kind === 'folder' ? 'a folder that can be read' : 'an image'
  return {
    error: new DataError({ file: join(name, path), expected, found: fault! }),
    images: kind === 'folder' ? 0 : 1,
  }
}

/** Images of a format that is not read, as one problem. @param expected the formats that are */
export function otherFormats(
  name: string,
  expected: string,
  format: ImageFormat,
  [first, ...others]: string[],
): ListingProblem {
  const images = 1 + others.length
  const way = RESIZED_FORMATS.includes(format)
    ? 'with --size, or --undecoded for face-align, they are read'
    : 'convert them to PNG'
  const found = `${counted(images, `${format.toUpperCase()} image`)}, the first of them ${first} (${way})`
  return { error: new DataError({ file: name, expected, found }), images }
}

/** One remark on all that was passed over. @param ignoredAs what the files that were ignored are */
export function remarkOn(ignored: string[], ignoredAs: string, leftovers: string[]): string[] {
  const parts = [
    [ignored, ignoredAs],
    [leftovers, 'left behind by a system'],
  ] as const
  const said = parts.filter(([paths]) => paths.length > 0).map(([paths, what]) => `${firstAndMore(paths)} (${what})`)
  return said.length === 0 ? [] : [`passed over ${said.join(', and ')}`]
}

function firstAndMore([first, ...others]: readonly string[]): string {
  return `${first}${others.length > 0 ? ` and ${others.length} more` : ''}`
}

/** `1 image`, `2 images`. */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
