/**
 * What is kept of a picture to find it again: its coarsest structure, in 80 bytes.
 *
 *     luma [height, width]  ->  DCT  ->  the 80 coefficients of lowest frequency, without the mean brightness
 *                           ->  scaled to length 1  ->  times their frequency  ->  int8, 127 is FULL_SCALE
 *
 * Brightness goes with the coefficient that is left out and contrast with the length; size goes because the cosines are
 * those of the picture's width and height, whatever they are. Amplitudes of pictures fall as 1 / frequency: times the frequency
 * all coefficients are of one order, and int8 is enough for each.
 *
 * A perceptual hash (Zauner, Implementation and Benchmarking of Perceptual Image Hash Functions, 2010) keeps the signs alone.
 * That is not enough for aligned faces, which all share a coarse structure: see look-alike-distance.ts.
 */
import type { Pixels } from '@tiny-face/image-stream'

/** Values of a fingerprint, and bytes. */
export const FINGERPRINT_SIZE = 80

/** Least contrast that is worth comparing: the root mean square of the coarse structure, in levels of 0 to 255. */
export const MIN_CONTRAST = 1

/** The value, of a structure of length 1 times its frequency, that int8's 127 stands for; what is more is cut off. */
const FULL_SCALE = 1.5

interface Frequency {
  across: number
  down: number
  frequency: number
}

/** The lowest frequencies, in order: by their distance from (0, 0), then by rows. */
export const FREQUENCIES: readonly Frequency[] = lowest(FINGERPRINT_SIZE)

/** How many frequencies there are across and down: an even number. */
const SIDE = 2 * Math.ceil((1 + Math.max(...FREQUENCIES.map(({ across }) => across))) / 2)

/**
 * @param image RGB `[height, width, 3]`
 * @returns int8 `[80]`; undefined for a picture of (nearly) one colour, which has no structure
 */
export function fingerprint(image: Pixels): Int8Array | undefined {
  const structure = coarseStructure(image)
  const values = FREQUENCIES.map(({ across, down }) => structure[down * SIDE + across]!)
  const length = Math.hypot(...values)
  if (length < MIN_CONTRAST) return undefined
  return Int8Array.from(values, (value, i) => {
    const scaled = Math.round(((value / length) * FREQUENCIES[i]!.frequency * 127) / FULL_SCALE)
    return Math.max(-127, Math.min(127, scaled))
  })
}

/**
 * The orthonormal DCT of the luma, divided by the root of the number of pixels: `[SIDE, SIDE]`, [0] is the mean. The cosines are
 * even or odd across, so a line is folded at its middle first.
 */
function coarseStructure({ pixels, height, width }: Pixels): Float64Array {
  const across = cosines(width)
  const down = cosines(height)
  const half = Math.ceil(width / 2)
  const sums = new Float64Array(half)
  const differences = new Float64Array(half)
  const structure = new Float64Array(SIDE * SIDE)
  for (let y = 0; y < height; y++) {
    for (let x = 0, left = 3 * y * width, right = left + 3 * (width - 1); x < half; x++, left += 3, right -= 3) {
      const [a, b] = [luma(pixels, left), left === right ? 0 : luma(pixels, right)]
      sums[x] = a + b
      differences[x] = left === right ? 0 : a - b
    }
    for (let u = 0; u < SIDE; u += 2) {
      let [even, odd] = [0, 0]
      for (let x = 0, c = u * width, d = c + width; x < half; x++, c++, d++) {
        even += sums[x]! * across[c]!
        odd += differences[x]! * across[d]!
      }
      for (let v = 0; v < SIDE; v++) {
        const cosine = down[v * height + y]!
        structure[v * SIDE + u]! += even * cosine
        structure[v * SIDE + u + 1]! += odd * cosine
      }
    }
  }
  return structure
}

/** ITU-R BT.601, as JPEG's own. */
function luma(pixels: Uint8Array, at: number): number {
  return 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!
}

const cosinesOfLength = new Map<number, Float64Array>()

/** How many lengths' cosines are kept at hand. */
const MAX_LENGTHS = 256

/** `[SIDE, length]` */
function cosines(length: number): Float64Array {
  const known = cosinesOfLength.get(length)
  if (known !== undefined) return known
  const table = new Float64Array(SIDE * length)
  for (let u = 0; u < SIDE; u++) {
    const scale = (u === 0 ? 1 : Math.SQRT2) / length
    for (let x = 0; x < length; x++) table[u * length + x] = scale * Math.cos((Math.PI * u * (x + 0.5)) / length)
  }
  if (cosinesOfLength.size >= MAX_LENGTHS) cosinesOfLength.clear()
  cosinesOfLength.set(length, table)
  return table
}

function lowest(count: number): Frequency[] {
  const all: Frequency[] = []
  for (let down = 0; down < count; down++) {
    for (let across = 0; across < count; across++) {
      if (down + across > 0) all.push({ across, down, frequency: Math.sqrt(across ** 2 + down ** 2) })
    }
  }
  // The squares are whole numbers: of equally low ones the order is that of rows, on any machine.
  return all.sort((a, b) => a.across ** 2 + a.down ** 2 - b.across ** 2 - b.down ** 2).slice(0, count)
}
