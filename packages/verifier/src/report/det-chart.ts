import { BOTTOM, chart, leftAxis, percent, powerOfTen, RIGHT, scale, TOP } from '@tiny-face/report-page'
import { band, farAxis, modelKey, otherCurves, staircase } from './rate-curves.js'
import type { RateChart } from './roc-chart.js'

/**
 * The detection error trade-off: both errors on logarithmic axes, so that half as many of either is the same way everywhere.
 *
 * @see Martin et al., "The DET curve in assessment of detection task performance" (1997), with axes as ISO/IEC 19795-1 also has them
 */
export function detChart({ roc, band: points, name, others }: Omit<RateChart, 'verification'>): string {
  const { x, axis } = farAxis(roc.different, 'false match rate')
  const finest = Math.floor(Math.log10(1 / roc.same) - 1e-9)
  const logY = scale(finest, 0, BOTTOM, TOP)
  // Where no pair is missed, the rate is below what the pairs can tell: the bottom of the chart.
  const y = (tar: number) => logY(Math.max(finest, Math.log10(1 - tar)))
  const decades = Array.from({ length: -finest + 1 }, (_, i) => finest + i)
  const ticks = decades.map(exponent => ({ at: logY(exponent), label: powerOfTen(exponent) }))
  const diagonal = Math.max(finest, Math.floor(Math.log10(1 / roc.different) - 1e-9))
  const body = `${axis}
${leftAxis('false non-match rate (log)', ticks)}
<line class="grid dashed" x1="${x(10 ** diagonal)}" y1="${logY(diagonal)}" x2="${RIGHT}" y2="${TOP}"/>
<g class="colour-0">${band(points, x, y)}${staircase(roc, x, y)}</g>
${otherCurves(others, x, y)}`
  const missedAtNone = 1 - roc.acceptedSame[0]! / roc.same
  return chart({
    id: 'det',
    title: 'DET',
    caption: 'The two errors against each other, lower left is better. Thin line: as many of one as of the other.',
    description:
      `False non-match rate over false match rate, both logarithmic. With no false match ${percent(missedAtNone)} of the ` +
      'same pairs are missed.',
    key: others.length === 0 ? '' : `<p class="key">${modelKey(name, others)}</p>`,
    body,
  })
}
