import type { Begin, DataMap } from '@tiny-face/record-stream'
import {
  blockCount,
  type CalibratedRates,
  type Calibration,
  checkCalibration,
  enrolFaces,
  type Identification,
  type IdentificationProtocol,
  identification,
  modelOf,
  ratesAt,
  searchGallery,
} from '@tiny-face/verifier'

export interface EvaluateOptions {
  /** A threshold whose rates are wanted, and the file it is from, for messages. */
  calibration?: Calibration | undefined
  calibrationFile?: string | undefined
  /** Called with each face that was read, with the number of blocks of similarities to come, and after each of them. */
  onFace?: () => void
  onEnrolled?: (blocks: number) => void
  onBlock?: () => void
}

export interface Evaluation {
  identification: Identification
  /** What the threshold of the calibration comes to. */
  calibrated: CalibratedRates | undefined
}

/**
 * How well the people of a stream are found among each other.
 *
 * @param records data maps with `label`, `embedding`, maybe `flipped`, and by the protocol `field` with `gallery`
 * @throws DataError as `enrolFaces`; where the calibration is for other embeddings
 */
export async function evaluate(
  records: Iterable<DataMap> & { readonly begin?: Begin },
  protocol: IdentificationProtocol,
  { calibration, calibrationFile, onFace, onEnrolled, onBlock }: EvaluateOptions = {},
): Promise<Evaluation> {
  const source = records.begin?.source
  const model = records.begin && modelOf(records.begin)
  const enrolment = enrolFaces(records, protocol, { source, onFace })
  const { gallery, probes } = enrolment
  if (calibration !== undefined) {
    checkCalibration(calibration, { embeddingSize: gallery.size, flip: gallery.flip, model }, calibrationFile)
  }
  onEnrolled?.(blockCount(probes.length, gallery.length))
  const searches = await searchGallery(gallery, probes, onBlock)
  return {
    identification: identification(enrolment, searches, protocol),
    calibrated: calibration && { far: calibration.far, ...ratesAt(searches, protocol, calibration.threshold) },
  }
}
