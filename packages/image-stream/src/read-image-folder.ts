/**
 * A folder of images, a folder per person in it:
 *
 *     DIR/PERSON/anything.{jpg,jpeg,png,pgm}
 *
 * People are sorted by name and numbered from 0, images by name within a person; both as Python sorts text (by code point), so
 * that labels are those of torchvision's ImageFolder. Names that begin with a dot are not looked at.
 */
import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { DataError } from '@tiny-face/record-stream'

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

const EXTENSIONS = ['.jpg', '.jpeg', '.png', '.pgm']

/** @throws DataError where there is no person, or a person without an image */
export function readImageFolder(folder: string): ImageFolder {
  const people: string[] = []
  const images: ImageFile[] = []
  const ignored: string[] = []
  for (const person of visibleNames(folder)) {
    if (!isFolder(join(folder, person))) {
      ignored.push(person)
      continue
    }
    const before = images.length
    for (const name of visibleNames(join(folder, person))) {
      const path = `${person}/${name}`
      if (EXTENSIONS.includes(extname(name).toLowerCase()) && !isFolder(join(folder, path))) {
        images.push({ path, label: people.length })
      } else ignored.push(path)
    }
    if (images.length === before) throw noImages(join(folder, person), `an image (${EXTENSIONS.join(', ')})`)
    people.push(person)
  }
  if (people.length === 0) throw noImages(folder, 'a folder per person')
  return { people, images, ignored }
}

function noImages(file: string, expected: string): DataError {
  return new DataError({ file, expected, found: 'none' })
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory()
}

function visibleNames(folder: string): string[] {
  const names = readdirSync(folder).filter(name => !name.startsWith('.'))
  const sorted = names.map(name => ({ name, key: Buffer.from(name) })).sort((a, b) => a.key.compare(b.key))
  return sorted.map(({ name }) => name)
}
