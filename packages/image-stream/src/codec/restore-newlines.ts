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
  const candidates = pairs.map(genuine =>
    without(
      damaged,
      pairs.filter(pair => pair !== genuine),
    ),
  )
  const misfits = candidates.map(pixels => misfit(pixels, width))
  return candidates[misfits.indexOf(Math.min(...misfits))]
}

const NEWLINE = 0x0a
const CARRIAGE_RETURN = 0x0d

function without(bytes: Uint8Array, places: number[]): Uint8Array {
  const dropped = new Set(places)
  return bytes.filter((_, i) => !dropped.has(i))
}

/** How much the rows differ from those above them. */
function misfit(pixels: Uint8Array, width: number): number {
  let sum = 0
  for (let i = width; i < pixels.length; i++) sum += Math.abs(pixels[i]! - pixels[i - width]!)
  return sum
}
