import {
  BOTTOM,
  bottomAxis,
  chart,
  coordinate,
  LEFT,
  leftAxis,
  percent,
  RIGHT,
  scale,
  TOP,
  topAxis,
} from '@tiny-face/report-page'
import type { PairDistances } from '../pairs/measured-pairs.js'
import { PROTOCOLS } from '../protocols.js'
import { type ExactRoc, exactRoc } from '../roc/exact-roc.js'
import type { Verification } from '../verify.js'

const MOST_BINS = 60

/** How the distances of same and of different pairs are spread, each kind as shares of its own, and where the threshold cuts. */
export function distanceChart(pairs: PairDistances, { folds, same, pairs: all, protocol }: Verification): string {
  const { distance, cosineOf } = PROTOCOLS[protocol]
  const sorted = exactRoc(pairs)
  const [low, high] = extent(sorted)
  const width = binWidth(high - low)
  const first = Math.floor(low / width)
  const bins = Math.floor(high / width) - first + 1
  const from = first * width
  const to = from + bins * width
  const shares = (distances: Float64Array) => {
    const counts = new Float64Array(bins)
    for (const distance of distances) counts[Math.floor(distance / width) - first]!++
    return counts.map(count => count / distances.length)
  }
  const kinds = { same: shares(sorted.same), different: shares(sorted.different) }
  const largest = Math.max(...kinds.same, ...kinds.different)
  const yStep = [0.01, 0.02, 0.05, 0.1, 0.2].find(step => largest / step <= 6) ?? 0.25
  const top = Math.ceil((largest * 1.02) / yStep) * yStep
  const x = scale(from, to, LEFT, RIGHT)
  const y = scale(0, top, BOTTOM, TOP)
  const thresholds = folds.map(fold => fold.threshold)
  const [cutLow, cutHigh] = [Math.min(...thresholds), Math.max(...thresholds)]
  const cutText = cutLow === cutHigh ? cutLow.toFixed(2) : `${cutLow.toFixed(2)} – ${cutHigh.toFixed(2)}`
  const cutsRight = x(cutHigh) > (LEFT + RIGHT) / 2
  const inside = cutHigh >= from && cutLow <= to
  const [cutX, cutWidth] = [x(Math.max(from, cutLow)), x(Math.min(to, cutHigh)) - x(Math.max(from, cutLow))]
  const body = `${bottomAxis(distance, ticks(from, to, 8, x, String))}
${cosineOf === undefined ? '' : topAxis('cosine', cosineTicks(cosineOf(to), cosineOf(from), x))}
${leftAxis(
  'share of the kind',
  Array.from({ length: Math.round(top / yStep) + 1 }, (_, i) => ({ at: y(i * yStep), label: percent(i * yStep, 0) })),
)}
<path class="area same" d="${steps(kinds.same, from, width, x, y)}"/>
<path class="area different" d="${steps(kinds.different, from, width, x, y)}"/>
${
  inside
    ? `<rect class="cut" x="${coordinate(cutX - 0.75)}" y="${TOP}" width="${coordinate(cutWidth + 1.5)}" height="${BOTTOM - TOP}"/>
<text class="label" x="${coordinate(cutsRight ? cutX - 7 : cutX + cutWidth + 7)}" y="${TOP + 14}" text-anchor="${cutsRight ? 'end' : 'start'}">threshold ${cutText}</text>`
    : ''
}`
  return chart({
    id: 'distances',
    title: 'Distances',
    caption: `${same} pairs of one person and ${all - same} of two, each kind as shares of its own; left of the threshold a pair is accepted.`,
    description:
      `Histogram of distances from ${low.toFixed(2)} to ${high.toFixed(2)}. Same pairs: ${summary(sorted.same)}. ` +
      `Different pairs: ${summary(sorted.different)}. Threshold ${cutText}.`,
    key: '<p class="key"><span><i class="same"></i>same person</span><span><i class="different"></i>different people</span></p>',
    body,
  })
}

/** Round, and wide enough for MOST_BINS: distances that are not of scaled vectors can be any. */
function binWidth(range: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(range / MOST_BINS, 0.01)) + 1e-9)
  return [1, 2, 5, 10].map(factor => factor * power).find(width => range / width <= MOST_BINS)!
}

type Scale = (value: number) => number

function extent({ same, different }: ExactRoc): [number, number] {
  return [Math.min(same[0]!, different[0]!), Math.max(same.at(-1)!, different.at(-1)!)]
}

function steps(shares: Float64Array, from: number, width: number, x: Scale, y: Scale): string {
  const bars = Array.from(shares, (share, bin) => `V${coordinate(y(share))}H${coordinate(x(from + (bin + 1) * width))}`)
  return `M${coordinate(x(from))} ${BOTTOM}${bars.join('')}V${BOTTOM}Z`
}

/** At most `most` round values between two bounds. */
function ticks(from: number, to: number, most: number, x: Scale, label: (value: number) => string) {
  const step =
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5].find(size => (to - from) / size <= most) ??
    Math.ceil((to - from) / most)
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.floor(to / step + 1e-9) - first + 1
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const value = Number(((first + i) * step).toFixed(2))
    return { at: x(value), label: label(value) }
  })
}

/** Of squared distances of vectors of length 1. */
function cosineTicks(from: number, to: number, x: Scale) {
  return ticks(
    from,
    to,
    8,
    cosine => x(2 - 2 * cosine),
    cosine => String(cosine).replace('-', '−'),
  )
}

function summary(sorted: Float64Array): string {
  const median = sorted[Math.floor(sorted.length / 2)]!
  return `median ${median.toFixed(2)}, from ${sorted[0]!.toFixed(2)} to ${sorted.at(-1)!.toFixed(2)}`
}
