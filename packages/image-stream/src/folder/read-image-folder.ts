/**
 * A folder of images, a folder per person in it:
 *
 *     DIR/PERSON/anything.{jpg,jpeg,png,pgm}
 *
 * People are sorted by name and numbered from 0, images by name within a person; both as Python sorts text (by code point), so
 * that labels are those of torchvision's ImageFolder. Names that begin with a dot are not looked at. Links are followed, to
 * folders and to images.
 */
import { type Dirent, readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'

export interface ImageFile {
  /** Relative to the folder, with `/`: `PERSON/anything.jpg`. */
  path: string
  /** The index of the person in `people`. */
  label: number
}

export interface ImageFolder {
  people: string[]
  images: ImageFile[]
  /** What is in the folder and no image of a person's: relative paths. */
  ignored: string[]
}

export const IMAGE_EXTENSIONS = ['.jpg', '.jpeg', '.png', '.pgm']

/** @throws DataError where there is no person, or a person without an image */
export function readImageFolder(folder: string): ImageFolder {
  const people: string[] = []
  const images: ImageFile[] = []
  const ignored: string[] = []
  for (const entry of visibleEntries(folder)) {
    const person = entry.name
    if (!isFolder(folder, entry)) {
      ignored.push(person)
      continue
    }
    const before = images.length
    for (const file of visibleEntries(join(folder, person))) {
      const path = `${person}/${file.name}`
      if (IMAGE_EXTENSIONS.includes(extname(path).toLowerCase()) && !isFolder(join(folder, person), file)) {
        images.push({ path, label: people.length })
      } else ignored.push(path)
    }
    if (images.length === before) throw noImages(join(folder, person), `an image (${IMAGE_EXTENSIONS.join(', ')})`)
    people.push(person)
  }
  if (people.length === 0) throw noImages(folder, 'a folder per person')
  return { people, images, ignored }
}

function noImages(file: string, expected: string): DataError {
  return new DataError({ file, expected, found: 'none' })
}

/** Asks the disk only where the folder's list does not tell: of links. */
function isFolder(folder: string, entry: Dirent): boolean {
  return entry.isSymbolicLink() ? statSync(join(folder, entry.name)).isDirectory() : entry.isDirectory()
}

function visibleEntries(folder: string): Dirent[] {
  const entries = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'))
  const sorted = entries.map(entry => ({ entry, key: Buffer.from(entry.name) }))
  return sorted.sort((a, b) => a.key.compare(b.key)).map(({ entry }) => entry)
}
