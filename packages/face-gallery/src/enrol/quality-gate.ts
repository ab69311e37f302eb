import { DataError } from '@tiny-face/safe-files'

/** What a face must be to be enrolled, by the measures that `face-align` writes into a record's field `face`. */
export interface QualityGate {
  /** The least score of the detector. */
  minScore?: number | undefined
  /** The fewest pixels between the eyes, in the photo. */
  minEyes?: number | undefined
  /** The least sharpness. */
  minSharpness?: number | undefined
  /** The most degrees that a face may be turned to a side. */
  maxYaw?: number | undefined
}

/**
 * Why a face is not good enough; undefined where it is.
 *
 * @param face a record's field `face`
 * @throws DataError where the gate asks for a measure that the record does not have
 */
export function rejectReason(face: unknown, gate: QualityGate): string | undefined {
  const { minScore, minEyes, minSharpness, maxYaw } = gate
  if (minScore !== undefined && measure(face, 'score') < minScore) return `score below ${minScore}`
  if (minEyes !== undefined && measure(face, 'eyes') < minEyes) return `eyes less than ${minEyes} pixels apart`
  if (minSharpness !== undefined && measure(face, 'sharpness') < minSharpness) return `sharpness below ${minSharpness}`
  if (maxYaw !== undefined && Math.abs(measure(face, 'yaw')) > maxYaw) return `turned by more than ${maxYaw} degrees`
  return undefined
}

function measure(face: unknown, name: string): number {
  const value = (typeof face === 'object' && face !== null ? face : ({} as object))[name as never] as unknown
  if (typeof value === 'number' && Number.isFinite(value)) return value
  throw new DataError({
    expected: `face.${name}, a number: face-align, put before arcface-embed, writes it`,
    found: value === undefined ? 'none' : String(value).slice(0, 40),
  })
}
