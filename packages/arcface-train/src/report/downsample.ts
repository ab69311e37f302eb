/** What a column of a chart shows of the points in it. */
export interface Column {
  /** Where it lies: the mean of its points. */
  readonly x: number
  readonly low: number
  readonly high: number
  readonly mean: number
}

/**
 * Points downsampled to at most so many columns of equal width, each with the extremes and the mean of its points: as much as a screen can
 * show, and no peak is lost. Points that are not finite are left out, and so are columns without points.
 *
 * @param x ascending
 * @param y of the same length
 */
export function downsample(x: readonly number[], y: readonly number[], most: number): Column[] {
  const from = x[0] ?? 0
  const width = ((x.at(-1) ?? 0) - from) / most
  const columns: Column[] = []
  for (let start = 0; start < x.length; ) {
    const place = placeOf(x[start]!)
    let [count, sumX, sumY, low, high] = [0, 0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
    let i = start
    for (; i < x.length && placeOf(x[i]!) === place; i++) {
      const value = y[i]!
      if (!Number.isFinite(value)) continue
      count++
      sumX += x[i]!
      sumY += value
      low = Math.min(low, value)
      high = Math.max(high, value)
    }
    if (count > 0) columns.push({ x: sumX / count, low, high, mean: sumY / count })
    start = i
  }
  return columns

  function placeOf(value: number): number {
    return width === 0 ? 0 : Math.min(most - 1, Math.floor((value - from) / width))
  }
}
