import { say } from '@tiny-face/command-shell'
import { DataError } from '@tiny-face/safe-files'
import { updateGallery } from '../file/update-gallery.js'
import { removePerson } from '../remove-person.js'

/** Removes a person from a gallery: nothing of them stays in the file. */
export async function removeFromGallery(path: string, name: string): Promise<void> {
  await updateGallery(path, gallery => {
    if (gallery === undefined) throw new DataError({ file: path, message: 'no such file' })
    const left = inFile(path, () => removePerson(gallery, name))
    const removed = gallery.length - left.length
    say(`faces removed: ${removed}; ${path} has ${left.length} of ${left.names.length} people`)
    return left
  })
}

function inFile<T>(file: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof DataError)) throw error
    throw new DataError({ ...error.fault, file })
  }
}
