/** What the ROC and the DET chart have in common: the axis of the false match rate, and the curves over it. */
import { bottomAxis, coordinate, escaped, LEFT, powerOfTen, RIGHT, scale } from '@tiny-face/report-page'
import type { FullRoc } from '../roc/full-roc.js'

/** A point of another model's curve. */
export interface RatePoint {
  readonly fmr: number
  readonly fnmr: number
}

/** Between which true accept rates the truth lies, at a false match rate. */
export interface BandPoint {
  readonly far: number
  readonly low: number
  readonly high: number
}

/** Another model's curve, on the same pairs. */
export interface OtherCurve {
  readonly name: string
  readonly points: readonly RatePoint[]
}

export type Scale = (value: number) => number

/** A logarithmic axis from below one false accept to 1, as verification is operated and the literature plots it. */
export function farAxis(different: number, name: string): { x: Scale; finest: number; axis: string } {
  const finest = Math.floor(Math.log10(1 / different) - 1e-9)
  const logX = scale(finest, 0, LEFT, RIGHT)
  const decades = Array.from({ length: -finest + 1 }, (_, i) => finest + i)
  const ticks = decades.map(exponent => ({ at: logX(exponent), label: powerOfTen(exponent) }))
  return { x: far => logX(Math.max(finest, Math.log10(far))), finest, axis: bottomAxis(`${name} (log)`, ticks) }
}

/**
 * The staircase of all pairs, measured from one false accept on, and dashed to its left, where nothing is; steps too small to be seen are
 * left out, so that a path has at most some hundred.
 *
 * @param y of a true accept rate, within the chart
 */
export function staircase({ same, different, acceptedSame }: FullRoc, x: Scale, y: Scale): string {
  const height = (falseAccepts: number) => y(acceptedSame[falseAccepts]! / same)
  const first = [coordinate(x(1 / different)), coordinate(height(0))]
  let path = `M${first.join(' ')}`
  let [lastX, lastY] = [x(1 / different), height(0)]
  for (let k = 1; k <= different; k++) {
    const [atX, atY] = [x(k / different), height(k)]
    if (k < different && atX - lastX < 0.5 && Math.abs(atY - lastY) < 0.5) continue
    if (atY === lastY && k < different) continue
    path += `H${coordinate(atX)}V${coordinate(atY)}`
    ;[lastX, lastY] = [atX, atY]
  }
  return `<path class="curve roc" d="${path}"/>
<path class="curve roc dashed" d="M${LEFT} ${first[1]}H${first[0]}"/>`
}

/** The area between the lower and the upper ends of intervals. */
export function band(points: readonly BandPoint[], x: Scale, y: Scale): string {
  if (points.length < 2) return ''
  const at = ({ far }: BandPoint, rate: number) => `${coordinate(x(far))} ${coordinate(y(rate))}`
  const upper = points.map(point => at(point, point.high))
  const lower = points.map(point => at(point, point.low)).reverse()
  return `<path class="band" d="M${[...upper, ...lower].join('L')}Z"/>`
}

/** The curves of other models, each in a colour of its own. */
export function otherCurves(others: readonly OtherCurve[], x: Scale, y: Scale): string {
  return others
    .map(({ name, points }, i) => {
      const path = points.map(({ fmr, fnmr }) => `${coordinate(x(fmr))} ${coordinate(y(1 - fnmr))}`)
      return `<g class="${colourOf(i + 1)}"><title>${escaped(name)}</title><path class="curve" d="M${path.join('L')}"/></g>`
    })
    .join('\n')
}

/** Which line is which model; nothing where there is only one. */
export function modelKey(name: string, others: readonly OtherCurve[]): string {
  if (others.length === 0) return ''
  const names = [name, ...others.map(other => other.name)]
  return names.map((text, i) => `<span class="${colourOf(i)}"><i class="line"></i>${escaped(text)}</span>`).join('')
}

/** Colours that the style has. */
const COLOURS = 6

/** Beyond the colours there are, the same again with dashes. */
function colourOf(index: number): string {
  return `colour-${index % COLOURS}${index >= COLOURS ? ' dashed' : ''}`
}
