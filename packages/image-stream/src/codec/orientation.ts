/**
 * The EXIF orientation of a picture (TIFF 6.0, tag 274): where its first row and column, as they are stored, belong when it is seen
 * upright.
 *
 *     1  top, left        2  top, right      3  bottom, right    4  bottom, left
 *     5  left, top        6  right, top      7  right, bottom    8  left, bottom
 *
 * From 5 on, rows as stored are columns of the upright picture.
 */
import { channelsOf, type Pixels } from './pixels.js'

/** Part of a picture, in whole pixels. */
export interface Window {
  left: number
  top: number
  width: number
  height: number
}

interface Turn {
  /** Rows become columns. */
  transposed: boolean
  /** Columns, as stored, count from the right. */
  mirrored: boolean
  /** Rows, as stored, count from below. */
  flipped: boolean
}

function turnOf(orientation: number): Turn {
  return {
    transposed: orientation >= 5,
    mirrored: [2, 3, 7, 8].includes(orientation),
    flipped: [3, 4, 6, 7].includes(orientation),
  }
}

/** The size of a picture seen upright, of its size as stored; and the other way round. */
export function turnedSize<T extends { width: number; height: number }>(
  { width, height }: T,
  orientation: number,
): { width: number; height: number } {
  return turnOf(orientation).transposed ? { width: height, height: width } : { width, height }
}

/** The picture seen upright. @param stored `[height, width, channels]`, as the file has it */
export function turnUpright(stored: Pixels, orientation: number): Pixels {
  if (orientation === 1) return stored
  const { transposed, mirrored, flipped } = turnOf(orientation)
  const channels = channelsOf(stored)
  const { width, height } = turnedSize(stored, orientation)
  // How far apart in the stored picture are neighbours in the upright one, in bytes.
  const byColumn = (mirrored ? -1 : 1) * channels
  const byRow = (flipped ? -1 : 1) * stored.width * channels
  const [across, down] = transposed ? [byRow, byColumn] : [byColumn, byRow]
  const first = ((flipped ? stored.height - 1 : 0) * stored.width + (mirrored ? stored.width - 1 : 0)) * channels
  const pixels = new Uint8Array(stored.pixels.length)
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0, from = first + y * down; x < width; x++, from += across) {
      for (let channel = 0; channel < channels; channel++) pixels[to++] = stored.pixels[from + channel]!
    }
  }
  return { pixels, height, width }
}

/**
 * Where a part of the upright picture lies in the stored one.
 *
 * @param size of the stored picture
 */
export function storedWindow(upright: Window, size: { width: number; height: number }, orientation: number): Window {
  const { transposed, mirrored, flipped } = turnOf(orientation)
  const [left, top] = transposed ? [upright.top, upright.left] : [upright.left, upright.top]
  const { width, height } = turnedSize(upright, orientation)
  return {
    left: mirrored ? size.width - left - width : left,
    top: flipped ? size.height - top - height : top,
    width,
    height,
  }
}
