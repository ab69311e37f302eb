/**
 * The photos in a folder and in all folders below it, of nobody in particular:
 *
 *     DIR/anything.{jpg,jpeg,png,pgm,webp,gif,tif,tiff,avif}
 *     DIR/any/folders/anything.jpg
 */
import type { ImageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { READ_FORMATS } from '../codec/open-photo.js'
import { RESIZED_FORMATS } from '../codec/resize-image.js'
import type { ImageListing, ListingProblem } from '../image-listing.js'
import type { ImageSource } from '../source/image-source.js'
import { isImageName, otherFormat } from './image-names.js'
import { otherFormats, remarkOn, unreadable } from './listing-words.js'

/**
 * Lists all photos of a source, sorted folder by folder. What stands in the way is told at once: photos of formats that are not read, links
 * that lead nowhere, names that are no UTF-8.
 *
 * @throws DataError where there is no photo
 */
export function listPhotos(source: ImageSource): ImageListing {
  const images: { path: string }[] = []
  const problems: ListingProblem[] = []
  const others = new Map<ImageFormat, string[]>()
  const ignored: string[] = []
  const leftovers = new Set<string>()
  for (const { path, kind, fault } of source.entries()) {
    const other = otherFormat(path)
    if (kind === 'leftover') leftovers.add(path)
    else if (fault !== undefined) problems.push(unreadable(source.name, { path, kind, fault }))
    else if (kind === 'folder' || !isImageName(path)) ignored.push(path)
    else if (other === undefined || RESIZED_FORMATS.includes(other)) images.push({ path })
    else if (others.has(other)) others.get(other)!.push(path)
    else others.set(other, [path])
  }
  for (const [format, paths] of others)
    problems.push(otherFormats(source.name, `photos (${READ_FORMATS})`, format, paths))
  if (images.length === 0 && problems.length === 0) {
    throw new DataError({ file: source.name, expected: 'photos', found: 'none' })
  }
  return { people: undefined, images, problems, remarks: remarkOn(ignored, 'no photo', [...leftovers]) }
}
