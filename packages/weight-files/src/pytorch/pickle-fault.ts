import { DataError } from '@tiny-face/safe-files'
import { PickleError } from '@tiny-face/safe-pickle'

/** What to do about a file that holds a network's code by name. */
const ADVICE = 'only torch.save(network.state_dict(), FILE) is data alone'

/**
 * Runs a reader of pickles, and says of what it throws in which file it was.
 *
 * @param start where in the file the pickle begins, for offsets within it
 */
export function asDataError<T>(file: string, start: number, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof PickleError)) throw error
    const { offset, expected, found } = error
    const isCode = expected === 'plain data'
    throw new DataError({
      file,
      offset: start + offset,
      expected: isCode ? 'tensors and plain data' : expected,
      found: isCode ? `${found}; ${ADVICE}` : found,
      cause: error,
    })
  }
}
