/**
 * All pairs of 64-bit hashes that differ in at most so many bits, without comparing each with each: multi-index hashing
 * (Norouzi, Punjani, Fleet, Fast Search in Hamming Space with Multi-Index Hashing, CVPR 2012). Exact.
 *
 * The hash is cut into three bands. If two hashes differ in at most r bits, then one of the bands differs in at most r / 3 of
 * them, and so do any bits taken from it. So for each band in turn: hashes are sorted by some bits of the band, its key, and each
 * run of equal keys is compared with the runs whose keys are that near. Runs are parts of one array, so memory is read in order. A
 * pair that several bands bring together counts in the first.
 */
import { bitCount, type Hash64, type Hashes, hashesOf } from './hash64.js'

/** Bits of a band; the 64th bit of a hash is in none. */
const BAND_BITS = 21

/** The three bands, from the low bits. */
const BANDS: readonly ((high: number, low: number) => number)[] = [
  (_, low) => low & 0x1fffff,
  (high, low) => (low >>> 21) | ((high & 0x3ff) << 11),
  high => (high >>> 10) & 0x1fffff,
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
  const bits = keyBits(hashes.low.length)
  const changes = fewBits(bits, near)
  const keys = BANDS.map(band => (high: number, low: number) => band(high, low) & (2 ** bits - 1))
  const sorted = { ...hashesOf(hashes.low.length), order: new Uint32Array(hashes.low.length) }
  for (const [band, keyOf] of keys.entries()) {
    const starts = sortByKey(hashes, bits, keyOf, sorted)
    const earlier = keys.slice(0, band)
    const isFirst = (xorHigh: number, xorLow: number) => !earlier.some(of => bitCount(of(xorHigh, xorLow)) <= near)
    const compare = comparer(sorted, band === 0 ? 'high' : 'low', { radius, flip, isFirst, onPair })
    const flippedKey = keyOf(flip.high, flip.low)
    for (let from = 0; from < sorted.order.length; ) {
      const key = keyOf(sorted.high[from]!, sorted.low[from]!)
      const to = starts[key + 1]!
      for (const change of changes) {
        const other = key ^ flippedKey ^ change
        // the other way round it is the other run's turn
        if (other < key) continue
        const [start, end] = [starts[other]!, starts[other + 1]!]
        if (start < end) compare(from, to, start, end)
      }
      from = to
    }
  }
}

/**
 * Compares the hashes from `from` to `to` with those from `start` to `end`, or with each other where that is one run.
 *
 * @param first the half that is compared first: one that the key is not in, for there the bits of most pairs are already too many
 */
function comparer(
  sorted: Hashes & { order: Uint32Array },
  first: 'high' | 'low',
  {
    radius,
    flip,
    isFirst,
    onPair,
  }: Required<NearHashesOptions> & {
    isFirst: (xorHigh: number, xorLow: number) => boolean
    onPair: (a: number, b: number) => void
  },
): (from: number, to: number, start: number, end: number) => void {
  const second = first === 'high' ? 'low' : 'high'
  const [firsts, seconds, order] = [sorted[first], sorted[second], sorted.order]
  const [flipFirst, flipSecond] = [flip[first], flip[second]]
  return (from, to, start, end) => {
    for (let i = from; i < to; i++) {
      const firstOfI = firsts[i]! ^ flipFirst
      const secondOfI = seconds[i]! ^ flipSecond
      for (let j = start === from ? i + 1 : start; j < end; j++) {
        const xorFirst = firstOfI ^ firsts[j]!
        const differing = bitCount(xorFirst)
        if (differing > radius) continue
        const xorSecond = secondOfI ^ seconds[j]!
        if (differing + bitCount(xorSecond) > radius) continue
        if (!(first === 'high' ? isFirst(xorFirst, xorSecond) : isFirst(xorSecond, xorFirst))) continue
        const [a, b] = [order[i]!, order[j]!]
        if (a < b) onPair(a, b)
        else onPair(b, a)
      }
    }
  }
}

/** A larger one would have keys compared at 4 bits' distance: thousands of them for each. */
const MAX_RADIUS = 11

/**
 * How long keys are: the longer, the fewer hashes share one, and the more keys are near one. A hash that is compared costs less than
 * a key that is looked up, so runs of some hashes are best.
 */
function keyBits(count: number): number {
  return Math.min(BAND_BITS, Math.max(6, Math.round(Math.log2(count + 1)) - 2))
}

/** Sorts by counting, equal keys in the order of their numbers; returns where each key's run begins, and at last where all end. */
function sortByKey(
  { high, low }: Hashes,
  bits: number,
  keyOf: (high: number, low: number) => number,
  sorted: Hashes & { order: Uint32Array },
): Uint32Array {
  const starts = new Uint32Array(2 ** bits + 1)
  for (let i = 0; i < low.length; i++) starts[keyOf(high[i]!, low[i]!) + 1]!++
  for (let key = 0; key < 2 ** bits; key++) starts[key + 1]! += starts[key]!
  const next = starts.slice()
  for (let i = 0; i < low.length; i++) {
    const at = next[keyOf(high[i]!, low[i]!)]!++
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
