import type { ImageFormat } from '@tiny-face/file-signatures'
import { DECODED_FORMATS, undecodable } from './decoding-policy.js'
import { openImage } from './open-image.js'

/** The formats that are resized: all that sharp decodes. */
export const RESIZED_FORMATS: readonly ImageFormat[] = [...DECODED_FORMATS, 'webp', 'gif', 'tiff', 'avif']

/**
 * An encoded image, resized to `size` x `size` pixels and encoded as PNG (lossless; grey stays grey).
 *
 * It is scaled until it fills the square and what sticks out is cut off evenly (as a Resize and CenterCrop), by Lanczos' kernel:
 * a face keeps its shape, and there are no bars for a network to learn from. A box of 92x112 round a face loses 9% at
 * the top and as much at the bottom.
 *
 * @param bytes of one of RESIZED_FORMATS; of an animation, the first picture is taken
 * @throws DataError as decodeImage
 */
export async function resizeImage(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    const image = await openImage(bytes, RESIZED_FORMATS)
    return await image.resize(size, size, { fit: 'cover', kernel: 'lanczos3' }).png().toBuffer()
  } catch (error) {
    throw undecodable(error)
  }
}
