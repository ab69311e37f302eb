/*
 * OpenCV's cv2.resize with INTER_AREA (modules/imgproc/src/resize.cpp): each pixel of the result is the mean of what it covers of the
 * source, pixels at its edges by the part that it covers. Where a side becomes longer, OpenCV does something else with both sides: it
 * interpolates between two neighbours, but so that a pixel keeps its colour where it alone is covered. Either is a weighted sum over
 * a run of source pixels, along one axis and then along the other.
 */
import type { Pixels } from '@tiny-face/image-stream'
import type { Size } from './detection-size.js'

export const CHANNELS = 3

/** A part of a picture, in whole pixels; it may reach beyond the picture, where all is black. */
export interface Window extends Size {
  readonly left: number
  readonly top: number
}

/** Which source pixels each pixel of the result is made of: `first` to `last`, those between the two with one weight. */
interface Runs {
  readonly first: Int32Array
  readonly last: Int32Array
  readonly firstWeight: Float32Array
  readonly innerWeight: Float32Array
  readonly lastWeight: Float32Array
}

/** OpenCV's: less than this of a pixel counts as not covered. */
const SLIVER = 1e-3

/** A picture `[height, width, 3]` in another size, rounded to whole numbers as OpenCV does. */
export function resizeArea(picture: Pixels, { width, height }: Size): Pixels {
  if (width === picture.width && height === picture.height) return picture
  const pixels = new Uint8Array(height * width * CHANNELS)
  // OpenCV halves a picture by (sum + 2) >> 2, and rounds a half to the even neighbour in all else.
  const isHalving = picture.width === 2 * width && picture.height === 2 * height
  resample(picture, { left: 0, top: 0, width: picture.width, height: picture.height }, { width, height }, (y, row) => {
    for (let i = 0, out = y * row.length; i < row.length; i++, out++) {
      const nearest = Math.floor(row[i]! + 0.5)
      pixels[out] = !isHalving && nearest - row[i]! === 0.5 ? nearest - (nearest % 2) : nearest
    }
  })
  return { pixels, width, height }
}

/**
 * Resizes a window of a picture `[height, width, 3]` without rounding.
 *
 * @param onRow given each row of the result, from the top: `[width, 3]`, 0 to 255, in a buffer that is used again
 */
export function resample(
  picture: Pixels,
  window: Window,
  to: Size,
  onRow: (y: number, row: Float64Array) => void,
): void {
  const runs = to.width <= window.width && to.height <= window.height ? coveredRuns : neighbourRuns
  const across = runs(window.width, to.width)
  const down = runs(window.height, to.height)
  const reduced = new Float64Array(to.width * CHANNELS)
  const sums = new Float64Array(reduced.length)
  let inReduced = -1
  for (let y = 0; y < to.height; y++) {
    sums.fill(0)
    const [first, last] = [down.first[y]!, down.last[y]!]
    for (let from = first; from <= last; from++) {
      const sourceRow = window.top + from
      if (sourceRow < 0 || sourceRow >= picture.height) continue
      if (from !== inReduced) reduceRow(picture, sourceRow, window.left, across, reduced)
      inReduced = from
      const weight = (from === first ? down.firstWeight : from === last ? down.lastWeight : down.innerWeight)[y]!
      for (let i = 0; i < sums.length; i++) sums[i]! += weight * reduced[i]!
    }
    onRow(y, sums)
  }
}

function reduceRow({ pixels, width }: Pixels, y: number, left: number, across: Runs, into: Float64Array): void {
  const { first, last, firstWeight, innerWeight, lastWeight } = across
  const start = y * width * CHANNELS
  for (let x = 0, out = 0; x < first.length; x++, out += CHANNELS) {
    const [from, to] = [left + first[x]!, left + last[x]!]
    let [red, green, blue] = [0, 0, 0]
    const innerEnd = start + Math.min(to, width) * CHANNELS
    for (let at = start + Math.max(from + 1, 0) * CHANNELS; at < innerEnd; at += CHANNELS) {
      red += pixels[at]!
      green += pixels[at + 1]!
      blue += pixels[at + 2]!
    }
    const inner = innerWeight[x]!
    red *= inner
    green *= inner
    blue *= inner
    if (from >= 0 && from < width) {
      const [at, weight] = [start + from * CHANNELS, firstWeight[x]!]
      red += weight * pixels[at]!
      green += weight * pixels[at + 1]!
      blue += weight * pixels[at + 2]!
    }
    if (to > from && to >= 0 && to < width) {
      const [at, weight] = [start + to * CHANNELS, lastWeight[x]!]
      red += weight * pixels[at]!
      green += weight * pixels[at + 1]!
      blue += weight * pixels[at + 2]!
    }
    into[out] = red
    into[out + 1] = green
    into[out + 2] = blue
  }
}

function noRuns(count: number): Runs {
  const [first, last] = [new Int32Array(count), new Int32Array(count)]
  const weights = () => new Float32Array(count)
  return { first, last, firstWeight: weights(), innerWeight: weights(), lastWeight: weights() }
}

/** What each pixel covers where a side of `from` pixels becomes one of `to`, fewer or as many (computeResizeAreaTab). */
function coveredRuns(from: number, to: number): Runs {
  const runs = noRuns(to)
  const scale = 1 / (to / from)
  for (let i = 0; i < to; i++) {
    const start = i * scale
    const end = start + scale
    const covered = Math.min(scale, from - start)
    const wholeEnd = Math.min(Math.floor(end), from - 1)
    const wholeStart = Math.min(Math.ceil(start), wholeEnd)
    const before = wholeStart - start > SLIVER
    const after = end - wholeEnd > SLIVER
    const afterWeight = Math.min(end - wholeEnd, 1, covered) / covered
    runs.first[i] = before ? wholeStart - 1 : wholeStart
    runs.last[i] = after ? wholeEnd : wholeEnd - 1
    runs.innerWeight[i] = 1 / covered
    runs.lastWeight[i] = after ? afterWeight : 1 / covered
    // A run of one pixel is its first and its last.
    const single = runs.first[i] === wholeEnd
    runs.firstWeight[i] = before ? (wholeStart - start) / covered : single ? afterWeight : 1 / covered
  }
  return runs
}

/** The two neighbours that each pixel lies between, where a side of the picture becomes longer. */
function neighbourRuns(from: number, to: number): Runs {
  const runs = noRuns(to)
  const enlarged = to / from
  for (let i = 0; i < to; i++) {
    const first = Math.floor(i * (1 / enlarged))
    const beyond = Math.fround(i + 1 - (first + 1) * enlarged)
    const part = beyond <= 0 || first >= from - 1 ? 0 : beyond - Math.floor(beyond)
    runs.first[i] = Math.min(first, from - 1)
    runs.last[i] = Math.min(first + 1, from - 1)
    runs.firstWeight[i] = 1 - part
    runs.lastWeight[i] = part
  }
  return runs
}
