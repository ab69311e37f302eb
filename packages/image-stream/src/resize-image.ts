import { openImage, unreadable } from './open-image.js'

/**
 * An encoded image, resized to `size` x `size` pixels and encoded as PNG (lossless; grey stays grey).
 *
 * It is scaled until it fills the square and what sticks out is cut off evenly (as a Resize and CenterCrop), by Lanczos' kernel:
 * a face keeps its shape, and there are no bars for a network to learn from. A box of 92x112 round a face loses 9% at
 * the top and as much at the bottom.
 *
 * @throws DataError as decodeImage
 */
export async function resizeImage(bytes: Uint8Array, size: number): Promise<Uint8Array> {
  try {
    return await openImage(bytes).resize(size, size, { fit: 'cover', kernel: 'lanczos3' }).png().toBuffer()
  } catch (error) {
    throw unreadable(error)
  }
}
