import { DataError } from '@tiny-face/safe-files'
import type { RecordIndex } from './read-index.js'

/** An index that is not its file's: an older one's, or another's. */
export function staleIndex({ file }: RecordIndex, entry: number, expected: string, found: string): DataError {
  return new DataError({ file, record: entry, message: 'stale index', expected, found })
}
