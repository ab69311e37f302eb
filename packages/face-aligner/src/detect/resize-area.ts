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

/** How near to a half a mean must be for OpenCV's float32 to round it to another whole number than our float64. */
const DOUBT = 1e-3
const { fround } = Math

/** A picture `[height, width, 3]` in another size, rounded to whole numbers as OpenCV does. */
export function resizeArea(picture: Pixels, { width, height }: Size): Pixels {
  if (width === picture.width && height === picture.height) return picture
  const pixels = new Uint8Array(height * width * CHANNELS)
  const roundHalf = halfRounding(picture, { width, height })
  // OpenCV halves a picture by (sum + 2) >> 2: a half goes up.
  const doubt = picture.width === 2 * width && picture.height === 2 * height ? 0 : DOUBT
  resample(picture, { left: 0, top: 0, width: picture.width, height: picture.height }, { width, height }, (y, row) => {
    for (let i = 0, out = y * row.length; i < row.length; i++, out++) {
      const value = row[i]!
      const rest = value - (value | 0)
      pixels[out] = Math.abs(rest - 0.5) >= doubt ? (value + 0.5) | 0 : roundHalf(i, y, value)
    }
  })
  return { pixels, width, height }
}

/**
 * How OpenCV rounds what is half a level from two whole numbers: by float32, in the order in which it sums. It is rare, but a level more or
 * less can move the face that MTCNN finds by a pixel.
 */
function halfRounding(picture: Pixels, to: Size): (i: number, y: number, value: number) => number {
  const acrossFactor = picture.width / to.width
  const downFactor = picture.height / to.height
  if (Number.isInteger(acrossFactor) && Number.isInteger(downFactor)) {
    const covered = acrossFactor * downFactor
    return (_i, _y, value) => roundToEven(fround(Math.round(value * covered) * fround(1 / covered)))
  }
  // To enlarge whole numbers OpenCV does not sum in float32; no detector asks for that.
  if (acrossFactor < 1 || downFactor < 1) return (_i, _y, value) => roundToEven(value)
  const across = coveredRuns(picture.width, to.width)
  const down = coveredRuns(picture.height, to.height)
  return (i, y) => {
    const x = Math.floor(i / CHANNELS)
    let sum = 0
    for (let row = down.first[y]!; row <= down.last[y]!; row++) {
      let inRow = 0
      for (let column = across.first[x]!; column <= across.last[x]!; column++) {
        const level = picture.pixels[(row * picture.width + column) * CHANNELS + (i % CHANNELS)]!
        inRow = fround(inRow + fround(weightAt(across, x, column) * level))
      }
      sum = fround(sum + fround(weightAt(down, y, row) * inRow))
    }
    return roundToEven(sum)
  }
}

function roundToEven(value: number): number {
  const nearest = Math.floor(value + 0.5)
  return nearest - value === 0.5 ? nearest - (nearest % 2) : nearest
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
  // The columns of the window that are in the picture.
  const from = Math.max(0, window.left)
  const end = Math.min(picture.width, window.left + window.width)
  const columns = new Float64Array(window.width * CHANNELS)
  const inPicture = columns.subarray((from - window.left) * CHANNELS, (Math.max(from, end) - window.left) * CHANNELS)
  const row = new Float64Array(to.width * CHANNELS)
  for (let y = 0; y < to.height; y++) {
    inPicture.fill(0)
    for (let at = down.first[y]!; at <= down.last[y]!; at++) {
      const sourceRow = window.top + at
      if (sourceRow < 0 || sourceRow >= picture.height) continue
      addRow(picture.pixels, (sourceRow * picture.width + from) * CHANNELS, weightAt(down, y, at), inPicture)
    }
    sumAcross(columns, across, row)
    onRow(y, row)
  }
}

function addRow(pixels: Uint8Array, start: number, weight: number, sums: Float64Array): void {
  const row = pixels.subarray(start, start + sums.length)
  for (let i = 0; i < row.length; i += CHANNELS) {
    sums[i]! += weight * row[i]!
    sums[i + 1]! += weight * row[i + 1]!
    sums[i + 2]! += weight * row[i + 2]!
  }
}

function sumAcross(
  columns: Float64Array,
  { first, last, firstWeight, innerWeight, lastWeight }: Runs,
  into: Float64Array,
): void {
  for (let x = 0, out = 0; x < first.length; x++, out += CHANNELS) {
    let at = first[x]! * CHANNELS
    const end = last[x]! * CHANNELS
    let weight = firstWeight[x]!
    let red = weight * columns[at]!
    let green = weight * columns[at + 1]!
    let blue = weight * columns[at + 2]!
    weight = innerWeight[x]!
    for (at += CHANNELS; at < end; at += CHANNELS) {
      red += weight * columns[at]!
      green += weight * columns[at + 1]!
      blue += weight * columns[at + 2]!
    }
    if (at === end) {
      weight = lastWeight[x]!
      red += weight * columns[at]!
      green += weight * columns[at + 1]!
      blue += weight * columns[at + 2]!
    }
    into[out] = red
    into[out + 1] = green
    into[out + 2] = blue
  }
}

function weightAt({ first, last, firstWeight, innerWeight, lastWeight }: Runs, i: number, at: number): number {
  return (at === first[i]! ? firstWeight : at === last[i]! ? lastWeight : innerWeight)[i]!
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
