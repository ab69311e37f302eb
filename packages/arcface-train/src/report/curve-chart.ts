import {
  BOTTOM,
  bottomAxis,
  chart,
  coordinate,
  escaped,
  grouped,
  LEFT,
  leftAxis,
  percent,
  powerOfTen,
  RIGHT,
  scale,
  type Tick,
  TOP,
  topAxis,
} from '@tiny-face/report-page'
import { type Column, downsample } from './downsample.js'

/** As many columns as the chart has units: more a screen hardly shows. */
const MOST_COLUMNS = RIGHT - LEFT
/** Up to so many, each point is drawn as a dot. */
const MOST_DOTS = 40
/** From this ratio of the largest to the smallest value on, an axis is logarithmic if it may be. */
const LOGARITHMIC_FROM = 100
/** Colours that the style has. */
const COLOURS = 6

export interface Curve {
  readonly name: string
  /** Steps, ascending. */
  readonly x: readonly number[]
  readonly y: readonly number[]
}

export interface CurveChart {
  readonly id: string
  readonly title: string
  readonly caption: string
  readonly axis: string
  readonly curves: readonly Curve[]
  /** The first and the last step. */
  readonly steps: readonly [from: number, to: number]
  /** Steps of an epoch. */
  readonly perEpoch: number
  /** Whether values are shares, shown as percentages. */
  readonly shares?: boolean
  /** Whether the axis may be logarithmic. */
  readonly mayBeLogarithmic?: boolean
}

type Scale = (value: number) => number

/** Curves over the steps of a run: a line through the means, and a band from the lowest to the highest value where a column holds several. */
export function curveChart(options: CurveChart): string {
  const { id, title, caption, axis, curves, steps, perEpoch, shares = false, mayBeLogarithmic = false } = options
  const sampled = curves.map(({ x, y }) => downsample(x, y, MOST_COLUMNS))
  const columns = sampled.flat()
  const [from, to] = steps[0] === steps[1] ? [steps[0] - 1, steps[1] + 1] : steps
  const x = scale(from, to, LEFT, RIGHT)
  const { y, ticks, unit } = verticalAxis(columns, { shares, mayBeLogarithmic })
  const body = `${bottomAxis(
    'step',
    roundValues(from, to, 6, 1).map(step => ({ at: x(step), label: grouped(step) })),
  )}
${epochAxis(from, to, perEpoch, x)}
${leftAxis(`${axis}${unit}`, ticks)}
${sampled.map((curve, i) => drawn(curve, i, x, y)).join('\n')}
${columns.length === 0 ? `<text x="${(LEFT + RIGHT) / 2}" y="${(TOP + BOTTOM) / 2}" text-anchor="middle">nothing recorded</text>` : ''}`
  return chart({ id, title, caption, description: description(curves, sampled), key: key(curves), body })
}

function drawn(columns: readonly Column[], index: number, x: Scale, y: Scale): string {
  if (columns.length === 0) return ''
  const line = columns.map((column, i) => `${i === 0 ? 'M' : 'L'}${point(column, 'mean')}`).join('')
  const spread = columns.some(({ low, high }) => low < high)
  const back = columns.map(column => `L${point(column, 'low')}`).reverse()
  const band = `M${columns.map(column => point(column, 'high')).join('L')}${back.join('')}Z`
  const dots = columns.map(
    column => `<circle cx="${coordinate(x(column.x))}" cy="${coordinate(y(column.mean))}" r="3"/>`,
  )
  return `<g class="${colourOf(index)}">${spread ? `<path class="band" d="${band}"/>` : ''}<path class="curve" d="${line}"/>${
    columns.length <= MOST_DOTS ? dots.join('') : ''
  }</g>`

  function point(column: Column, which: 'low' | 'high' | 'mean'): string {
    return `${coordinate(x(column.x))} ${coordinate(y(column[which]))}`
  }
}

/** `unit` is what the axis's name ends with, where its labels are not the values themselves. */
function verticalAxis(
  columns: readonly Column[],
  { shares, mayBeLogarithmic }: { shares: boolean; mayBeLogarithmic: boolean },
): { y: Scale; ticks: Tick[]; unit: string } {
  const [low, high] = extent(columns, shares)
  if (mayBeLogarithmic && low > 0 && high / low >= LOGARITHMIC_FROM) return { ...logarithmicAxis(low, high), unit: '' }
  const values = roundValues(low, high, 6)
  const step = values[1]! - values[0]!
  if (values[0]! > low) values.unshift(values[0]! - step)
  if (values.at(-1)! < high) values.push(values.at(-1)! + step)
  const y = scale(values[0]!, values.at(-1)!, BOTTOM, TOP)
  const largest = Math.max(...values.map(Math.abs))
  const exponent = !shares && (largest < 0.01 || largest >= 1e5) ? Math.floor(Math.log10(largest)) : 0
  const digits = step < 0.001 ? 2 : step < 0.01 ? 1 : 0
  const label = (value: number) => (shares ? percent(value, digits) : plain(value / 10 ** exponent))
  return {
    y,
    ticks: values.map(value => ({ at: y(value), label: label(value) })),
    unit: exponent === 0 ? '' : `, in ${powerOfTen(exponent)}`,
  }
}

function logarithmicAxis(low: number, high: number): { y: Scale; ticks: Tick[] } {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))]
  const y = scale(first, last, BOTTOM, TOP)
  const every = Math.ceil((last - first) / 7)
  const exponents = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, i) => first + i * every)
  return {
    y: value => y(Math.log10(value)),
    ticks: exponents.map(exponent => ({ at: y(exponent), label: powerOfTen(exponent) })),
  }
}

/** The lowest and the highest value; apart, so that an axis can be drawn. */
function extent(columns: readonly Column[], shares = false): [number, number] {
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { low, high } of columns) {
    lowest = Math.min(lowest, low)
    highest = Math.max(highest, high)
  }
  if (lowest > highest) return [0, 1]
  if (lowest < highest) return [lowest, highest]
  if (shares) return [0, 1]
  const around = Math.abs(lowest) / 2 || 1
  return [lowest - around, highest + around]
}

/** Round values within bounds, about `most` of them and at least two, of which the last may then lie beyond. */
function roundValues(from: number, to: number, most: number, finest = 0): number[] {
  const rough = (to - from) / most
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = Math.max(finest, ([1, 2, 5].find(factor => factor * power >= rough) ?? 10) * power)
  const first = Math.ceil(from / step - 1e-9)
  const count = Math.max(2, Math.floor(to / step + 1e-9) - first + 1)
  return Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)))
}

function epochAxis(from: number, to: number, perEpoch: number, x: Scale): string {
  const epochs = roundValues(from / perEpoch, to / perEpoch, 8, 1)
  const within = epochs.filter(epoch => epoch * perEpoch >= from && epoch * perEpoch <= to)
  return topAxis(
    'epochs done',
    within.map(epoch => ({ at: x(epoch * perEpoch), label: grouped(epoch) })),
  )
}

function key(curves: readonly Curve[]): string {
  if (curves.length < 2) return ''
  const items = curves.map(({ name }, i) => `<span class="${colourOf(i)}"><i class="line"></i>${escaped(name)}</span>`)
  return `<p class="key">${items.join('')}</p>`
}

/** Beyond the colours there are, the same again with dashes. */
function colourOf(index: number): string {
  return `colour-${index % COLOURS}${index >= COLOURS ? ' dashed' : ''}`
}

function description(curves: readonly Curve[], sampled: readonly Column[][]): string {
  const texts = curves.map(({ name }, i) => {
    const columns = sampled[i]!
    if (columns.length === 0) return `${name}: nothing recorded.`
    const low = Math.min(...columns.map(column => column.low))
    const high = Math.max(...columns.map(column => column.high))
    return `${name}: from ${plain(columns[0]!.mean)} to ${plain(columns.at(-1)!.mean)}, lowest ${plain(low)}, highest ${plain(high)}.`
  })
  return texts.join(' ')
}

function plain(value: number): string {
  return String(Number(value.toPrecision(4))).replace('-', '−')
}
