import { DECODER_THREADS } from '@tiny-face/command-shell'
import { decodeImage, mapAhead } from '@tiny-face/image-stream'
import { DataError } from '@tiny-face/safe-files'
import { readShards } from './read-shards.js'

export interface VerifyImagesOptions {
  /** Called for every image, with its bytes. */
  onImage?: ((bytes: number) => void) | undefined
}

/**
 * Decodes every image of a folder of shards, by the policy that training decodes by (image-stream's decoding-policy.ts): bytes that are
 * as they were written may hold an image that was damaged before.
 *
 * @returns what is wrong, one error for each image
 * @throws DataError where the shards themselves are damaged: see verifyShards
 */
export async function* verifyImages(
  folder: string,
  { onImage }: VerifyImagesOptions = {},
): AsyncGenerator<DataError, void, undefined> {
  const checked = mapAhead(readShards([folder]), DECODER_THREADS, async ({ id, image }) => {
    // The reader's bytes are gone when the next record is asked for.
    const bytes = Uint8Array.from(image!)
    try {
      await decodeImage(bytes)
      return { size: bytes.byteLength }
    } catch (error) {
      if (!(error instanceof DataError)) throw error
      return { size: bytes.byteLength, problem: new DataError({ ...error.fault, file: folder, id }) }
    }
  })
  for await (const { size, problem } of checked) {
    onImage?.(size)
    if (problem !== undefined) yield problem
  }
}
