import {
  BOTTOM,
  bottomAxis,
  chart,
  coordinate,
  LEFT,
  leftAxis,
  percent,
  powerOfTen,
  RIGHT,
  scale,
  TOP,
} from '@tiny-face/report-page'
import type { PairDistances } from '../pairs/measured-pairs.js'
import { exactRoc } from '../roc/exact-roc.js'
import { type FullRoc, fullRoc } from '../roc/full-roc.js'
import { FARS, type Verification } from '../verify.js'
import { isTooFine } from './result-notes.js'

/** Where the true accept rate's axis may begin: as high as still shows the whole curve. */
const FLOORS = [0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0]

/**
 * The ROC of all pairs over a logarithmic false accept rate, as verification is operated and the literature plots it: a
 * linear axis would hide all that matters in its first pixel. Down to one false accept the curve is measured; to its left
 * nothing is, and it is drawn dashed.
 */
export function rocChart(pairs: PairDistances, verification: Verification): string {
  const roc = fullRoc(exactRoc(pairs))
  const finest = Math.floor(Math.log10(1 / roc.different) - 1e-9)
  const decades = Array.from({ length: -finest + 1 }, (_, i) => finest + i)
  const tarAtNone = roc.acceptedSame[0]! / roc.same
  const resolved = FARS.filter(far => !isTooFine(far, verification))
  const lowest = Math.min(tarAtNone, ...resolved.map(far => verification.tar[far].mean - verification.tar[far].std))
  const floor = FLOORS.find(tar => tar <= lowest) ?? 0
  const logX = scale(finest, 0, LEFT, RIGHT)
  const x = (far: number) => logX(Math.log10(far))
  const y = scale(floor, 1, BOTTOM, TOP)
  const yStep = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find(step => (1 - floor) / step <= 6) ?? 0.2
  const yTicks = Array.from({ length: Math.round((1 - floor) / yStep) + 1 }, (_, i) => floor + i * yStep)
  const points = resolved.map(far => {
    const { mean, std } = verification.tar[far]
    const [at, low, high] = [x(Number(far)), y(Math.max(floor, mean - std)), y(Math.min(1, mean + std))].map(coordinate)
    const name = `TAR ${percent(mean)} ± ${(std * 100).toFixed(2)} at FAR ${far}, over the folds`
    return `<g><title>${name}</title><line class="whisker" x1="${at}" x2="${at}" y1="${low}" y2="${high}"/>
<circle class="point" cx="${at}" cy="${coordinate(y(Math.max(floor, mean)))}" r="4.5"/></g>`
  })
  const eer = verification.eer
  const showsEer = eer >= 10 ** finest && 1 - eer >= floor
  const nearRight = x(eer) > RIGHT - 100
  const [eerX, eerY] = [x(eer), y(1 - eer)].map(coordinate)
  const body = `${bottomAxis(
    'false accept rate (log)',
    decades.map(exponent => ({ at: logX(exponent), label: powerOfTen(exponent) })),
  )}
${leftAxis(
  'true accept rate',
  yTicks.map(tar => ({ at: y(tar), label: percent(tar, yStep < 0.01 ? 1 : 0) })),
)}
<path class="roc" d="${measuredCurve(roc, x, y)}"/>
<path class="roc dashed" d="M${LEFT} ${coordinate(y(tarAtNone))}H${coordinate(x(1 / roc.different))}"/>
${points.join('\n')}
${
  showsEer
    ? `<g><title>equal error rate ${percent(eer)}</title><path class="eer" d="M${eerX} ${eerY}m-6 0l6 -6l6 6l-6 6z"/>
<text class="label" x="${coordinate(nearRight ? x(eer) - 10 : x(eer) + 10)}" y="${coordinate(y(1 - eer) + 18)}" text-anchor="${nearRight ? 'end' : 'start'}">EER ${percent(eer)}</text></g>`
    : ''
}`
  return chart({
    id: 'roc',
    title: 'ROC',
    caption: `All ${roc.same + roc.different} pairs. Dots: mean ± deviation of the folds. Dashed: below one false accept, unmeasured.`,
    description:
      `True accept rate over false accept rate. With no false accept ${percent(tarAtNone)} of the same pairs are accepted. ` +
      resolved.map(far => `TAR ${percent(verification.tar[far].mean)} at FAR ${far}. `).join('') +
      `Equal error rate ${percent(eer)}.`,
    key: '<p class="key"><span>○ TAR at FAR, folds</span><span>◆ equal error rate</span></p>',
    body,
  })
}

type Scale = (value: number) => number

/** The staircase from one false accept on; steps too small to be seen are left out, so a path has at most some hundred. */
function measuredCurve({ same, different, acceptedSame }: FullRoc, x: Scale, y: Scale): string {
  const height = (falseAccepts: number) => y(acceptedSame[falseAccepts]! / same)
  let path = `M${coordinate(x(1 / different))} ${coordinate(clamped(height(0)))}`
  let lastX = x(1 / different)
  let lastY = height(0)
  for (let k = 1; k <= different; k++) {
    const [atX, atY] = [x(k / different), height(k)]
    if (k < different && atX - lastX < 0.5 && Math.abs(atY - lastY) < 0.5) continue
    if (atY !== lastY || k === different) {
      path += `H${coordinate(atX)}V${coordinate(clamped(atY))}`
      lastX = atX
      lastY = atY
    }
  }
  return path
}

function clamped(atY: number): number {
  return Math.min(BOTTOM, Math.max(TOP, atY))
}
