import { decodeInput } from '@tiny-face/arcface-model'
import { binRecords, type OpenBin, openBin } from '@tiny-face/bin-stream'
import type { DataMap } from '@tiny-face/record-stream'
import { placed } from '@tiny-face/safe-files'
import { checkPairs } from '@tiny-face/verifier'

/** A set of pairs that a run is verified on; its images stay in its file until they are asked for. */
export interface OpenVerificationSet {
  /** What metrics and pages call it. */
  readonly name: string
  /** An insightface `.bin`. */
  readonly file: string
  readonly pairs: number
  /** Two data maps a pair, in order; each is valid until the next is asked for. Can be gone through again. */
  records(): Iterable<DataMap>
  close(): void
}

/**
 * Opens the sets of a run, and finds out before the first step what can be known of them then.
 *
 * @param imageSize pixels of a side, that the network takes: held against the first image of each set
 * @throws DataError that names the file: one that is damaged or no verification set, that has fewer than ten pairs or pairs of one kind
 *   only, or whose first image does not decode or is of another size
 */
export async function openVerificationSets(
  wanted: readonly { readonly name: string; readonly file: string }[],
  imageSize: number,
): Promise<OpenVerificationSet[]> {
  const opened: OpenBin[] = []
  const sets: OpenVerificationSet[] = []
  try {
    for (const { name, file } of wanted) {
      const bin = openBin(file)
      opened.push(bin)
      await located(file, () => checkSet(bin, imageSize))
      sets.push({ name, file, pairs: bin.same.length, records: () => binRecords(bin), close: () => bin.close() })
    }
    return sets
  } catch (error) {
    for (const bin of opened) bin.close()
    throw error
  }
}

async function checkSet({ images, same }: OpenBin, imageSize: number): Promise<void> {
  checkPairs(Uint8Array.from({ length: same.length }, (_, pair) => (same.at(pair) ? 1 : 0)))
  const [first] = images
  try {
    await decodeInput(first!, { height: imageSize, width: imageSize })
  } catch (error) {
    throw placed(error, { record: 0 })
  }
}

async function located<T>(file: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look()
  } catch (error) {
    throw placed(error, { file })
  }
}
