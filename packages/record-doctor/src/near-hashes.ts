/**
 * All pairs of 64-bit hashes that differ in at most so many bits, without comparing each with each: multi-index hashing
 * (Norouzi, Punjani, Fleet, Fast Search in Hamming Space with Multi-Index Hashing, CVPR 2012). Exact.
 *
 * The hash is cut into three bands. If two hashes differ in at most r bits, then one of the bands differs in at most r / 3. So for
 * each band in turn: hashes are sorted by their band, and each bucket is compared with the buckets whose band is that near.
 * Both are runs of one array, so memory is read in order. A pair that several bands bring together counts in the first.
 */
import { bitCount, type Hash64, type Hashes, hashesOf } from './hashes.js'

/** Bands, from the low bits: 22, 21 and 21 bits. */
const BANDS: readonly { bits: number; of: (high: number, low: number) => number }[] = [
  { bits: 22, of: (_, low) => low & 0x3fffff },
  { bits: 21, of: (high, low) => (low >>> 22) | ((high & 0x7ff) << 10) },
  { bits: 21, of: high => high >>> 11 },
]

export interface NearHashesOptions {
  /** Most bits in which two hashes of a pair differ: 0 to 11. */
  radius: number
  /** Bits that are changed in one of the two before they are compared: none by default. */
  flip?: Hash64
}

/** Calls `onPair` once for each pair, `a < b`, in an order that depends on the hashes alone. */
export function nearHashes(
  hashes: Hashes,
  { radius, flip = { high: 0, low: 0 } }: NearHashesOptions,
  onPair: (a: number, b: number) => void,
): void {
  if (!(radius >= 0 && radius <= MAX_RADIUS)) throw new RangeError(`a radius of 0 to ${MAX_RADIUS}, not ${radius}`)
  const near = Math.floor(radius / BANDS.length)
  const sorted = { ...hashesOf(hashes.low.length), order: new Uint32Array(hashes.low.length) }
  for (const [band, { bits, of }] of BANDS.entries()) {
    const starts = sortByBand(hashes, bits, of, sorted)
    const { high, low, order } = sorted
    const flippedBand = of(flip.high, flip.low)
    const changes = fewBits(bits, near)
    const isFirst = (xorHigh: number, xorLow: number) =>
      !BANDS.slice(0, band).some(earlier => bitCount(earlier.of(xorHigh, xorLow)) <= near)
    for (let from = 0; from < order.length; ) {
      const key = of(high[from]!, low[from]!)
      const to = starts[key + 1]!
      for (const change of changes) {
        const other = key ^ flippedBand ^ change
        if (other < key) continue
        const end = starts[other + 1]!
        for (let i = from, start = starts[other]!; start < end && i < to; i++) {
          const flippedHigh = high[i]! ^ flip.high
          const flippedLow = low[i]! ^ flip.low
          for (let j = other === key ? i + 1 : start; j < end; j++) {
            const xorHigh = flippedHigh ^ high[j]!
            const xorLow = flippedLow ^ low[j]!
            if (bitCount(xorHigh) + bitCount(xorLow) > radius) continue
            if (!isFirst(xorHigh, xorLow)) continue
            const [a, b] = [order[i]!, order[j]!]
            if (a < b) onPair(a, b)
            else onPair(b, a)
          }
        }
      }
      from = to
    }
  }
}

/** A larger one would have bands compared at 4 bits' distance: thousands of buckets each. */
const MAX_RADIUS = 11

/** Sorts by counting, equal bands in the order of their numbers; returns where each band's run begins, and at last where all end. */
function sortByBand(
  { high, low }: Hashes,
  bits: number,
  of: (high: number, low: number) => number,
  sorted: Hashes & { order: Uint32Array },
): Uint32Array {
  const starts = new Uint32Array(2 ** bits + 1)
  for (let i = 0; i < low.length; i++) starts[of(high[i]!, low[i]!) + 1]!++
  for (let key = 0; key < 2 ** bits; key++) starts[key + 1]! += starts[key]!
  const next = starts.slice()
  for (let i = 0; i < low.length; i++) {
    const at = next[of(high[i]!, low[i]!)]!++
    sorted.order[at] = i
    sorted.high[at] = high[i]!
    sorted.low[at] = low[i]!
  }
  return starts
}

/** All numbers of `bits` bits of which at most `most` are set, fewest first. */
function fewBits(bits: number, most: number): number[] {
  let layer = [0]
  const all = [0]
  for (let set = 0; set < most; set++) {
    layer = layer.flatMap(number => {
      const above = number === 0 ? 0 : 32 - Math.clz32(number)
      return Array.from({ length: bits - above }, (_, i) => number | (1 << (above + i)))
    })
    all.push(...layer)
  }
  return all
}
