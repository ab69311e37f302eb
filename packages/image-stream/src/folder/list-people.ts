/**
 * The images in a folder per person:
 *
 *     DIR/PERSON/anything.{jpg,jpeg,png,pgm}
 *
 * People are sorted by name and numbered from 0, images by name within a person; both as Python sorts text (by code point), so
 * that labels are those of torchvision's ImageFolder.
 */
import { join } from 'node:path'
import type { ImageFormat } from '@tiny-face/file-signatures'
import { DataError } from '@tiny-face/safe-files'
import { READ_FORMATS } from '../codec/open-photo.js'
import { RESIZED_FORMATS } from '../codec/resize-image.js'
import type { ImageFile, ImageListing, ListingProblem } from '../image-listing.js'
import type { ImageSource, SourceEntry } from '../source/image-source.js'
import { hasImageName, IMAGE_EXTENSIONS, isImageName, otherFormat } from './image-names.js'
import { counted, otherFormats, remarkOn, unreadable } from './listing-words.js'

export interface ListOptions {
  /** The images are to be resized, or looked at by somebody else: all formats are read that RESIZED_FORMATS names. */
  anyFormat?: boolean
}

/**
 * Lists a source that holds a folder per person. Everything that stands in the way is told at once: people without an image, images in
 * folders within a person's, images of formats that are not read, links that lead nowhere, names that are no UTF-8.
 *
 * @throws DataError where there is no person
 */
export function listPeople(source: ImageSource, { anyFormat = false }: ListOptions = {}): ImageListing {
  const listing = new PeopleListing(source.name, anyFormat)
  for (const entry of source.entries()) listing.add(entry)
  return listing.end()
}

class PeopleListing {
  readonly #name: string
  readonly #anyFormat: boolean
  readonly #people: string[] = []
  readonly #images: ImageFile[] = []
  readonly #problems: ListingProblem[] = []
  readonly #others = new Map<ImageFormat, string[]>()
  readonly #nested = new Map<string, number>()
  readonly #ignored: string[] = []
  readonly #leftovers = new Set<string>()
  #person: { name: string; images: number; problems: number } | undefined

  constructor(name: string, anyFormat: boolean) {
    this.#name = name
    this.#anyFormat = anyFormat
  }

  add(entry: SourceEntry): void {
    const { path, kind, fault } = entry
    if (kind === 'leftover') {
      this.#leftovers.add(path)
      return
    }
    const parts = path.split('/')
    if (parts.length > 1 || kind === 'folder') this.#enter(parts[0]!)
    const isImage = this.#isRead(path)
    if (fault !== undefined) this.#addProblem(unreadable(this.#name, entry))
    else if (kind === 'folder') {
      if (parts.length > 1) this.#ignored.push(path)
    } else if (parts.length === 2 && isImage) {
      this.#images.push({ path, label: this.#people.length })
      this.#person!.images++
    } else if (parts.length > 2 && (isImage || otherFormat(path) !== undefined)) {
      this.#addNested(parts.slice(0, -1).join('/'))
    } else if (parts.length === 2 && otherFormat(path) !== undefined) {
      this.#addOther(otherFormat(path)!, path)
    } else this.#ignored.push(path)
  }

  end(): ImageListing {
    this.#leave()
    for (const [folder, images] of this.#nested) {
      const message = `holds ${counted(images, 'image')}; images are read from DIR/PERSON, and not from folders in it`
      this.#problems.push({ error: new DataError({ file: join(this.#name, folder), message }), images })
    }
    for (const [format, paths] of this.#others)
      this.#problems.push(
        otherFormats(
          this.#name,
          this.#anyFormat ? `photos (${READ_FORMATS})` : 'JPEG, PNG and PGM images',
          format,
          paths,
        ),
      )
    if (this.#people.length === 0 && this.#problems.length === 0) {
      throw new DataError({ file: this.#name, expected: 'a folder per person', found: this.#foundInstead() })
    }
    const remarks = remarkOn(this.#ignored, 'no image of a person', [...this.#leftovers])
    return { people: this.#people, images: this.#images, problems: this.#problems, remarks }
  }

  #enter(name: string): void {
    if (this.#person?.name === name) return
    this.#leave()
    this.#person = { name, images: 0, problems: 0 }
  }

  /** A person's label is the number of people before who have images. */
  #leave(): void {
    if (this.#person === undefined) return
    const { name, images, problems } = this.#person
    if (images > 0) this.#people.push(name)
    else if (problems === 0) {
      const expected = `an image (${this.#anyFormat ? READ_FORMATS : IMAGE_EXTENSIONS.join(', ')})`
      this.#problems.push({
        error: new DataError({ file: join(this.#name, name), expected, found: 'none' }),
        images: 0,
      })
    }
    this.#person = undefined
  }

  #isRead(path: string): boolean {
    const other = otherFormat(path)
    return hasImageName(path) || (this.#anyFormat && other !== undefined && RESIZED_FORMATS.includes(other))
  }

  /** What there is where nobody has a folder: photos of nobody in particular, perhaps. */
  #foundInstead(): string {
    const loose = this.#ignored.filter(path => !path.includes('/') && isImageName(path)).length
    const rec = this.#ignored.find(path => /\.rec$/i.test(path))
    if (rec !== undefined) return `${rec}, which recordio-dump reads`
    return loose === 0
      ? 'none'
      : `${counted(loose, 'image')} in no folder (--flat takes images of nobody in particular)`
  }

  #addProblem(problem: ListingProblem): void {
    this.#problems.push(problem)
    if (this.#person !== undefined) this.#person.problems++
  }

  #addOther(format: ImageFormat, path: string): void {
    const paths = this.#others.get(format)
    if (paths === undefined) this.#others.set(format, [path])
    else paths.push(path)
    this.#person!.problems++
  }

  #addNested(folder: string): void {
    this.#nested.set(folder, (this.#nested.get(folder) ?? 0) + 1)
    this.#person!.problems++
  }
}
