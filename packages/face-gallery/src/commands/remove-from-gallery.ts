import { say } from '@tiny-face/command-shell'
import { DataError, placed } from '@tiny-face/safe-files'
import { updateGallery } from '../file/update-gallery.js'
import type { Gallery } from '../gallery.js'
import { removePerson } from '../remove-person.js'

/** Removes a person from a gallery: nothing of them stays in the file. */
export async function removeFromGallery(path: string, name: string): Promise<void> {
  await updateGallery(path, gallery => {
    if (gallery === undefined) throw new DataError({ file: path, message: 'no such file' })
    const left = without(name, gallery, path)
    const removed = gallery.length - left.length
    say(`faces removed: ${removed}; ${path} has ${left.length} of ${left.names.length} people`)
    return left
  })
}

function without(name: string, gallery: Gallery, file: string): Gallery {
  try {
    return removePerson(gallery, name)
  } catch (error) {
    throw placed(error, { file })
  }
}
