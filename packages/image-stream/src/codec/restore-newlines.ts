/**
 * A grey image that went through a text-mode transfer has a carriage return before every newline (a pixel of 10 that followed
 * one of 13 already looked so, and was left alone). 152 of the 400 files of the ORL database that are in circulation are so
 * damaged. Taking the carriage returns out again restores it where that leaves just `length` pixels. Where one pixel is
 * missing then, one pair was genuine: it is the one with which the rows fit each other best.
 *
 * @param damaged the pixels as they are in the file
 * @param length how many there should be
 * @param width pixels in a row
 * @returns undefined where the image was not damaged in this way
 */
export function restoreNewlines(damaged: Uint8Array, length: number, width: number): Uint8Array | undefined {
  // Two bytes make a pixel at most.
  if (damaged.length > 2 * length) return undefined
  const pairs: number[] = []
  for (let i = 1; i < damaged.length; i++) {
    if (damaged[i] === NEWLINE) {
      if (damaged[i - 1] !== CARRIAGE_RETURN) return undefined
      pairs.push(i - 1)
    }
  }
  const extra = damaged.length - length
  if (extra === pairs.length) return without(damaged, pairs)
  if (extra !== pairs.length - 1) return undefined
  return without(damaged, pairs, bestGenuine(damaged, pairs, width))
}

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * The pair, by its number, with which the rows fit best if it stays. From one to the next only the bytes between the two move, and only
 * what they touch is reckoned anew, so that the time is that of reading the image.
 */
function bestGenuine(damaged: Uint8Array, pairs: number[], width: number): number {
  const pixels = without(damaged, pairs, 0)
  let best = 0
  let change = 0
  let least = 0
  for (let genuine = 1; genuine < pairs.length; genuine++) {
    const [last, next] = [pairs[genuine - 1]!, pairs[genuine]!]
    const from = last - (genuine - 1)
    const to = from + next - last
    const touched = () =>
      misfit(pixels, width, from, to) + misfit(pixels, width, Math.max(to, from + width), to + width)
    change -= touched()
    pixels.set(damaged.subarray(last + 1, next + 1), from)
    change += touched()
    if (change < least) {
      least = change
      best = genuine
    }
  }
  return best
}

/** The bytes without those at `places`, which ascend; the one with the number `kept` stays. */
function without(bytes: Uint8Array, places: number[], kept?: number): Uint8Array {
  const left = new Uint8Array(bytes.length - places.length + (kept === undefined ? 0 : 1))
  let from = 0
  let filled = 0
  for (const [i, place] of places.entries()) {
    if (i === kept) continue
    left.set(bytes.subarray(from, place), filled)
    filled += place - from
    from = place + 1
  }
  left.set(bytes.subarray(from), filled)
  return left
}

/** How much the pixels in a range differ from those above them. */
function misfit(pixels: Uint8Array, width: number, from: number, to: number): number {
  let sum = 0
  const end = Math.min(to, pixels.length)
  for (let i = Math.max(from, width); i < end; i++) sum += Math.abs(pixels[i]! - pixels[i - width]!)
  return sum
}
