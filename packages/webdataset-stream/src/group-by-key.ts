/**
 * WebDataset (https://github.com/webdataset/webdataset): tar archives in which files that follow one another and have one key
 * are a sample. The key is the path up to the first point of its last part, what comes behind the point is the extension:
 *
 *     Ann/0001.cls    "0"                        the label, a whole number in digits
 *     Ann/0001.jpg    an encoded JPEG            or .jpeg, .png
 *     Ann/0001.json   {"age": 30}                attributes
 *     Ann/0002.cls    …
 *
 * Extensions mean the same in capitals. Files whose path begins with a part `__NAME__` say something of the archive, and
 * belong to no sample; nor does a file without an extension.
 */
import { DataError } from '@tiny-face/safe-files'
import type { TarMember } from './tar/read-tar.js'

/** Extensions of images: of a sample that has several images, the first of this list. */
export const IMAGES = ['jpg', 'jpeg', 'png']
export const LABEL = 'cls'
export const ATTRIBUTES = 'json'
const READ = [...IMAGES, LABEL, ATTRIBUTES]

const META = /^__[^/]*__($|\/)/
const KEY_AND_EXTENSION = /^((?:.*\/|)[^.]+)[.]([^/]*)$/s

export interface Sample {
  key: string
  /** The file in which it lies, and the byte of its first header. */
  file: string
  offset: number
  /** Its files by their extensions: those of images, labels and attributes; of others there are no bytes. */
  files: Map<string, Buffer | undefined>
}

/**
 * Puts the files of an archive together to samples, in its order, as the Python package does.
 *
 * @throws DataError where a sample has two files of one extension
 */
export function* groupByKey(members: Iterable<TarMember>, file: string): Generator<Sample, void, undefined> {
  let sample: Sample | undefined
  for (const member of members) {
    const { name, offset } = member
    const [, key, suffix] = (META.test(name) ? undefined : KEY_AND_EXTENSION.exec(name)) ?? []
    if (key === undefined) continue
    const extension = suffix!.toLowerCase()
    if (sample?.key !== key) {
      if (sample !== undefined) yield sample
      sample = { key, file, offset, files: new Map() }
    }
    if (sample.files.has(extension)) {
      throw new DataError({
        file,
        offset,
        id: key,
        expected: `one file .${extension} of a key`,
        found: 'two, one after the other',
      })
    }
    sample.files.set(extension, READ.includes(extension) ? member.read() : undefined)
  }
  if (sample !== undefined) yield sample
}
