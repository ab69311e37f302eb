import type { ImageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { RESIZED_FORMATS } from '../codec/resize-image.js'
import type { ListingProblem } from '../image-listing.js'

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
