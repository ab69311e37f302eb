import { extname } from 'node:path'
import { IMAGE_EXTENSIONS, isImageName } from '../folder/image-names.js'
import type { ImageSource } from './image-source.js'

/**
 * Finds a list's images in a source as a person would: names are the same that look the same (an ü may be one character or two), and an
 * extension's capitals do not matter.
 */
export class PathIndex {
  /** Paths by what they are without their extension. */
  readonly #paths = new Map<string, string[]>()

  constructor(source: ImageSource) {
    for (const { path, kind } of source.entries()) {
      if (kind !== 'file' || !isImageName(path)) continue
      const key = stemOf(path)
      const known = this.#paths.get(key)
      if (known === undefined) this.#paths.set(key, [path])
      else known.push(path)
    }
  }

  /**
   * The path in the source of an image.
   *
   * @param path with an extension or without: where no image has that of the list, one of another is taken, for the source may hold the
   *   originals or what an aligner made of them
   */
  find(path: string): string | undefined {
    const extension = isImageName(path) ? extname(path).toLowerCase() : undefined
    const found = this.#paths.get(extension === undefined ? path.normalize() : stemOf(path)) ?? []
    for (const wanted of extension === undefined ? IMAGE_EXTENSIONS : [extension, ...IMAGE_EXTENSIONS]) {
      const image = found.find(path => extname(path).toLowerCase() === wanted)
      if (image !== undefined) return image
    }
    return undefined
  }
}

function stemOf(path: string): string {
  return path.slice(0, -extname(path).length).normalize()
}
