import { readTar } from '../../src/index.js'
import { pieces } from '../fixtures.js'

export function filesOf(archive: Uint8Array, size = archive.length): [string, string][] {
  return Array.from(readTar(pieces(archive, size), 'x.tar'), member => [member.name, member.read().toString('hex')])
}

/** The names alone: the data is passed over. */
export function namesOf(archive: Uint8Array, size = archive.length): string[] {
  return Array.from(readTar(pieces(archive, size), 'x.tar'), ({ name }) => name)
}

/** The end of an archive. */
export const ZEROS = Buffer.alloc(1024)
