import { DataError } from '@tiny-face/safe-files'
import { personName } from './enrol/person-name.js'
import { type Gallery, keepFaces } from './gallery.js'

/**
 * The gallery without a person: no name, id, date or template of theirs is kept, here or in the file that is written after.
 *
 * @throws DataError where nobody of that name is in the gallery
 */
export function removePerson(gallery: Gallery, name: string): Gallery {
  const person = gallery.names.indexOf(personName(name))
  if (person < 0)
    throw new DataError({ message: `nobody named ${JSON.stringify(name)} is among its ${gallery.names.length} people` })
  return keepFaces(gallery, face => gallery.people[face] !== person)
}
