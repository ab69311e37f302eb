import { BOTTOM, chart, coordinate, leftAxis, percent, RIGHT, scale, TOP } from '@tiny-face/report-page'
import type { FullRoc } from '../roc/full-roc.js'
import { FARS, type Verification } from '../verify.js'
import {
  type BandPoint,
  band,
  farAxis,
  modelKey,
  type OtherCurve,
  otherCurves,
  type Scale,
  staircase,
} from './rate-curves.js'
import { isTooFine } from './result-notes.js'

/** Where the true accept rate's axis may begin: as high as still shows the whole curve. */
const FLOORS = [0.99, 0.98, 0.95, 0.9, 0.8, 0.5, 0]

export interface RateChart {
  readonly verification: Verification
  readonly roc: FullRoc
  /** Of the bootstrap, by rising false match rate; empty without one. */
  readonly band: readonly BandPoint[]
  /** What this model is called beside the others. */
  readonly name: string
  readonly others: readonly OtherCurve[]
}

/** The true accept rate over a logarithmic false accept rate: a linear axis would hide all that matters in its first pixel. */
export function rocChart({ verification, roc, band: points, name, others }: RateChart): string {
  const { x, finest, axis } = farAxis(roc.different, 'false accept rate')
  const tarAtNone = roc.acceptedSame[0]! / roc.same
  const resolved = FARS.filter(far => !isTooFine(far, verification))
  const means = resolved.map(far => verification.tar[far].mean)
  const lowest = Math.min(tarAtNone, ...means, ...others.map(other => 1 - other.points[0]!.fnmr))
  const floor = FLOORS.find(tar => tar <= lowest) ?? 0
  const linear = scale(floor, 1, BOTTOM, TOP)
  const y = (tar: number) => linear(Math.max(floor, tar))
  const body = `${axis}
${trueAcceptAxis(floor, y)}
<g class="colour-0">${band(points, x, y)}${staircase(roc, x, y)}</g>
${otherCurves(others, x, y)}
${resolved.map((far, i) => foldMean(verification, far, x(Number(far)), y(means[i]!))).join('\n')}
${equalErrorMark(verification.eer, { x, y, finest, floor, dots: resolved.map(far => x(Number(far))) })}`
  return chart({
    id: 'roc',
    title: 'ROC',
    caption: `All ${roc.same + roc.different} pairs.${points.length > 1 ? ' Band: 95% interval of the bootstrap.' : ''} Dashed: below one false accept, unmeasured.`,
    description:
      `True accept rate over false accept rate. With no false accept ${percent(tarAtNone)} of the same pairs are accepted. ` +
      resolved.map(far => `TAR ${percent(verification.tar[far].mean)} at FAR ${far}. `).join('') +
      `Equal error rate ${percent(verification.eer)}.`,
    key: `<p class="key">${modelKey(name, others)}<span>○ mean of the folds</span><span>◆ equal error rate</span></p>`,
    body,
  })
}

function trueAcceptAxis(floor: number, y: Scale): string {
  const step = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2].find(size => (1 - floor) / size <= 6) ?? 0.2
  const rates = Array.from({ length: Math.round((1 - floor) / step) + 1 }, (_, i) => floor + i * step)
  return leftAxis(
    'true accept rate',
    rates.map(tar => ({ at: y(tar), label: percent(tar, step < 0.01 ? 1 : 0) })),
  )
}

function foldMean({ tar }: Verification, far: keyof Verification['tar'], x: number, y: number): string {
  const { mean, std } = tar[far]
  const name = `TAR ${percent(mean)} ± ${(std * 100).toFixed(2)} at FAR ${far}, over the folds`
  return `<g><title>${name}</title><circle class="point" cx="${coordinate(x)}" cy="${coordinate(y)}" r="4.5"/></g>`
}

/** Where false accepts are as many as false rejects; its label on the side where no dot is near. */
function equalErrorMark(
  eer: number,
  { x, y, finest, floor, dots }: { x: Scale; y: Scale; finest: number; floor: number; dots: readonly number[] },
): string {
  if (eer < 10 ** finest || 1 - eer < floor) return ''
  const at = x(eer)
  const onLeft = at > RIGHT - 100 || dots.some(dot => dot > at && dot - at < 100)
  return `<g><title>equal error rate ${percent(eer)}</title><path class="eer" d="M${coordinate(at)} ${coordinate(y(1 - eer))}m-6 0l6 -6l6 6l-6 6z"/>
<text class="label" x="${coordinate(onLeft ? at - 10 : at + 10)}" y="${coordinate(y(1 - eer) + 18)}" text-anchor="${onLeft ? 'end' : 'start'}">EER ${percent(eer)}</text></g>`
}
