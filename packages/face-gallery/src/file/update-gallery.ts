import { existsSync } from 'node:fs'
import type { Gallery } from '../gallery.js'
import { removeIndex } from '../index/gallery-index.js'
import { followLink } from './follow-link.js'
import { GalleryLock } from './gallery-lock.js'
import { readGallery } from './read-gallery.js'
import { writeGallery } from './write-gallery.js'

/**
 * Reads a gallery, changes it and writes it, while nobody else does: two programs that enrol at once would each write without the other's
 * people.
 *
 * An index of the gallery goes where the gallery changes.
 *
 * @param change is given the gallery as it is on disk, undefined where there is no such file; what it gives is written, unless that is the
 *   same gallery
 * @returns what the file holds now
 * @throws DataError where another program is at it, where the file is no gallery, and whatever `change` throws: the file is then as before
 */
export async function updateGallery(
  path: string,
  change: (gallery: Gallery | undefined) => Gallery | Promise<Gallery>,
): Promise<Gallery> {
  const lock = new GalleryLock(path)
  try {
    const before = existsSync(path) ? readGallery(path) : undefined
    const after = await change(before)
    if (after !== before) {
      lock.mustBeHeld()
      // The index holds the faces that the gallery had.
      removeIndex(path)
      writeGallery(followLink(path), after)
    }
    return after
  } finally {
    lock.release()
  }
}
