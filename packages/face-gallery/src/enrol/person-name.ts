import { DataError } from '@tiny-face/safe-files'

/** What a search calls a face that nobody in the gallery is alike enough to. */
export const UNKNOWN = 'unknown'
/** Bytes of a name, and of the id of a picture, in UTF-8. */
export const MAX_NAME_BYTES = 4096

/**
 * A name as galleries know it: names that look the same are the same (an ü may be one character or two).
 *
 * @throws DataError, without file and record, where it is none
 */
export function personName(text: string): string {
  const name = text.normalize('NFC')
  if (name.trim() === '') throw new DataError({ expected: "a person's name", found: 'none' })
  if (name === UNKNOWN)
    throw new DataError({
      expected: 'a name of a person',
      found: `${UNKNOWN}, which is what a search calls a stranger`,
    })
  const bytes = Buffer.byteLength(name)
  if (bytes > MAX_NAME_BYTES)
    throw new DataError({ expected: `a name of at most ${MAX_NAME_BYTES} bytes`, found: `${bytes}` })
  return name
}
