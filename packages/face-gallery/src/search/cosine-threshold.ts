import { DataError } from '@tiny-face/safe-files'
import { checkCalibration, readCalibration } from '@tiny-face/verifier'
import type { GalleryKind } from '../gallery.js'

/**
 * The cosine similarity that a face must be over.
 *
 * @param text a number from -1 to 1, or a file of face-calibrate
 * @throws DataError where it is neither, or the file is of embeddings that the gallery does not hold
 */
export function cosineThreshold(text: string, gallery: GalleryKind): number {
  const cosine = text.trim() === '' ? Number.NaN : Number(text)
  if (Math.abs(cosine) <= 1) return cosine
  if (!Number.isNaN(cosine))
    throw new DataError({ message: 'threshold', expected: 'a cosine similarity from -1 to 1', found: text })
  const calibration = readCalibration(text)
  checkCalibration(calibration, { embeddingSize: gallery.size, flip: gallery.flip, model: gallery.model }, text)
  return calibration.cosine
}
