import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'
import { invocation, say } from './invocation.js'

const REDRAW_MS = 100
const WIDTH = 24

export interface ProgressBar {
  /** Whether it is drawn: else nothing is seen before the line at the end. */
  readonly drawn: boolean
  /** Counts `n` more of the unit, and `bytes` that they hold; draws at most ten times a second. */
  advance(n: number, bytes?: number): void
  /** Text shown behind the figures: a loss, a rate. */
  note(text: string): void
  /** Ends the bar's line and says in one line how much was done: `recordio-dump: 4324 records, 22.8 MB in 0.21 s, …`. */
  done(): void
}

let drawnBar = false

/**
 * A bar on stderr with count, rate and time left; drawn as work advances, for a synchronous stage has no timers. Draws
 * only where stderr is a terminal and stdout is no pipe, so that of a whole pipeline only the last stage draws. The line
 * at the end comes from every stage. Under --quiet there is neither.
 */
export function progressBar({ unit, total }: { unit: string; total?: number | undefined }): ProgressBar {
  const draws = !invocation.quiet && isatty(2) && !fstatSync(1).isFIFO()
  const started = performance.now()
  let count = 0
  let size = 0
  let text = ''
  let drawn = started - REDRAW_MS
  const draw = (now: number) => {
    drawn = now
    drawnBar = true
    writeSync(2, `\r${barLine({ unit, total, count, seconds: (now - started) / 1000, text })}\u001b[K`)
  }
  return {
    drawn: draws,
    advance(n, bytes = 0) {
      count += n
      size += bytes
      if (!draws) return
      const now = performance.now()
      if (now - drawn >= REDRAW_MS) draw(now)
    },
    note(next) {
      text = next
    },
    done() {
      const now = performance.now()
      if (draws) draw(now)
      endBar()
      say(summaryLine({ unit, count, bytes: size, seconds: (now - started) / 1000 }))
    },
  }
}

/** Leaves the line of a bar that was drawn, so that what is written next stands on its own. */
export function endBar(): void {
  if (drawnBar) writeSync(2, '\n')
  drawnBar = false
}

/** `4324 records, 22.8 MB in 0.21 s, 20590 records/s, 108.4 MB/s`; no bytes where none were counted. */
export function summaryLine(state: { unit: string; count: number; bytes: number; seconds: number }): string {
  const { unit, count, bytes, seconds } = state
  const time = seconds < 100 ? `${seconds.toFixed(2)} s` : clock(seconds)
  const perSecond = seconds > 0 ? count / seconds : 0
  const parts = [counted(count, unit), `${rateText(perSecond)} ${thing(unit)}/s`]
  if (bytes > 0) {
    parts[0] += `, ${sizeText(bytes)}`
    if (seconds > 0) parts.push(`${sizeText(bytes / seconds)}/s`)
  }
  parts[0] += ` in ${time}`
  return parts.join(', ')
}

/** The bar's text, without control characters. */
export function barLine(state: {
  unit: string
  total?: number | undefined
  count: number
  seconds: number
  text: string
}): string {
  const { unit, total, count, seconds, text } = state
  const rate = seconds > 0 ? count / seconds : 0
  const parts = [`${rateText(rate)} ${thing(unit)}/s`]
  if (total === undefined) parts.unshift(counted(count, unit))
  else {
    const share = total === 0 ? 1 : Math.min(1, count / total)
    const filled = Math.round(share * WIDTH)
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled)
    parts.unshift(`${bar} ${Math.floor(share * 100)}% ${count}/${total}`)
    if (count > 0 && count < total) parts.push(`${clock((total - count) / rate)} left`)
    else parts.push(clock(seconds))
  }
  if (text !== '') parts.push(text)
  return parts.join('  ')
}

/** `1 record`, `2 records`, `1 image checked`. */
function counted(count: number, unit: string): string {
  return `${count} ${count === 1 ? unit.replace(/s\b/, '') : unit}`
}

/** What is counted, of `images checked`: images. */
function thing(unit: string): string {
  return unit.split(' ')[0]!
}

function rateText(rate: number): string {
  return rate >= 100 ? String(Math.round(rate)) : rate.toFixed(1)
}

function sizeText(bytes: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  return `${power === 0 ? Math.round(bytes) : (bytes / 1000 ** power).toFixed(1)} ${units[power]}`
}

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`
}
