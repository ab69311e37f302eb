/** Templates have length 1, so no squared distance is above 4. */
const LARGEST_DISTANCE = 4

/** The thresholds to try, `np.arange(0, 4, step)` bit for bit: `i * step`, never a running sum. */
export function thresholdGrid(step: number): Float64Array {
  return Float64Array.from({ length: Math.ceil(LARGEST_DISTANCE / step) }, (_, i) => i * step)
}

/** The thresholds of accuracy and ROC. */
export const COARSE_GRID = thresholdGrid(0.01)

/** The thresholds of TAR at FAR. */
export const FINE_GRID = thresholdGrid(0.001)
