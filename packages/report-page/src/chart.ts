import { escaped } from './escape.js'
import { coordinate } from './format-number.js'

/** The frame that both charts share, in SVG units. */
export const WIDTH = 560
export const HEIGHT = 380
export const LEFT = 68
export const RIGHT = 544
export const TOP = 40
export const BOTTOM = 326

export interface Tick {
  at: number
  label: string
}

/** A chart as a figure: title and description for those who do not see it, caption for all. */
export function chart(options: {
  id: string
  title: string
  description: string
  caption: string
  key?: string
  body: string
}): string {
  const { id, title, description, caption, key = '', body } = options
  return `<figure>
<figcaption><h2>${escaped(title)}</h2><p>${escaped(caption)}</p></figcaption>${key}
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${escaped(title)}</title>
<desc id="${id}-desc">${escaped(description)}</desc>
${body}
<line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}"/>
</svg>
</figure>`
}

/** Ticks, grid lines and name of the axis below, at chart coordinates. */
export function bottomAxis(name: string, ticks: readonly Tick[]): string {
  return `${ticks
    .map(
      ({ at, label }) =>
        `<line class="grid" x1="${coordinate(at)}" x2="${coordinate(at)}" y1="${TOP}" y2="${BOTTOM}"/>` +
        `<text class="tick" x="${coordinate(at)}" y="${BOTTOM + 18}" text-anchor="middle">${label}</text>`,
    )
    .join('')}
<text class="name" x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 42}" text-anchor="middle">${name}</text>`
}

/** Ticks and name of an axis above, without lines. */
export function topAxis(name: string, ticks: readonly Tick[]): string {
  return `${ticks
    .map(
      ({ at, label }) => `<text class="tick" x="${coordinate(at)}" y="${TOP - 8}" text-anchor="middle">${label}</text>`,
    )
    .join('')}
<text class="name" x="${(LEFT + RIGHT) / 2}" y="${TOP - 26}" text-anchor="middle">${name}</text>`
}

/** Ticks, grid lines and name of the axis on the left. */
export function leftAxis(name: string, ticks: readonly Tick[]): string {
  const middle = (TOP + BOTTOM) / 2
  return `${ticks
    .map(
      ({ at, label }) =>
        `<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${coordinate(at)}" y2="${coordinate(at)}"/>` +
        `<text class="tick" x="${LEFT - 8}" y="${coordinate(at + 4)}" text-anchor="end">${label}</text>`,
    )
    .join('')}
<text class="name" transform="translate(14 ${middle}) rotate(-90)" text-anchor="middle">${name}</text>`
}

/** A linear scale from values to chart coordinates. */
export function scale(from: number, to: number, start: number, end: number): (value: number) => number {
  return value => start + ((value - from) / (to - from)) * (end - start)
}
