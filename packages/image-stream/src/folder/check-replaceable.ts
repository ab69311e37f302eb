import { existsSync, readdirSync } from 'node:fs'
import { extname, join } from 'node:path'
import { DataError } from '@tiny-face/safe-files'
import { IMAGE_EXTENSIONS } from './image-names.js'

/**
 * Sees that a folder that is to be replaced, where there is one, holds only what image-write writes: a mistyped name does
 * not cost a home folder.
 *
 * @throws DataError that names what else it holds
 */
export function checkReplaceable(folder: string): void {
  if (!existsSync(folder)) return
  for (const person of readdirSync(folder, { withFileTypes: true })) {
    if (!person.isDirectory()) throw notOurs(join(folder, person.name))
    for (const image of readdirSync(join(folder, person.name), { withFileTypes: true })) {
      if (!image.isFile() || !IMAGE_EXTENSIONS.includes(extname(image.name).toLowerCase())) {
        throw notOurs(join(folder, person.name, image.name))
      }
    }
  }
}

function notOurs(file: string): DataError {
  return new DataError({ file, message: 'is no image of a person: --force does not replace the folder that it is in' })
}
