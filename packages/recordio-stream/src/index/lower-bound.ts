/** The place of the first of some ascending numbers that is `value` or more; their count where none is. */
export function lowerBound(ascending: ArrayLike<number>, value: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (ascending[middle]! < value) low = middle + 1
    else high = middle
  }
  return low
}
