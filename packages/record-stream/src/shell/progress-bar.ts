import { fstatSync, writeSync } from 'node:fs'
import { isatty } from 'node:tty'

const REDRAW_MS = 100
const WIDTH = 24

export interface ProgressBar {
  /** Counts `n` more, and draws at most ten times a second. */
  advance(n: number): void
  /** Text shown behind the figures: a loss, a rate. */
  note(text: string): void
  /** Draws the last state and ends the line. */
  done(): void
}

/**
 * A bar on stderr with count, rate and time left; drawn as work advances, for a synchronous stage has no timers. Draws
 * only where stderr is a terminal and stdout is no pipe, so that of a whole pipeline only the last stage draws.
 */
export function progressBar({ unit, total }: { unit: string; total?: number | undefined }): ProgressBar {
  if (!isatty(2) || fstatSync(1).isFIFO()) return { advance() {}, note() {}, done() {} }
  const started = performance.now()
  let count = 0
  let text = ''
  let drawn = started - REDRAW_MS
  const draw = (now: number) => {
    drawn = now
    writeSync(2, `\r${barLine({ unit, total, count, seconds: (now - started) / 1000, text })}\u001b[K`)
  }
  return {
    advance(n) {
      count += n
      const now = performance.now()
      if (now - drawn >= REDRAW_MS) draw(now)
    },
    note(next) {
      text = next
    },
    done() {
      draw(performance.now())
      writeSync(2, '\n')
    },
  }
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
  const parts = [`${rate >= 100 ? Math.round(rate) : rate.toFixed(1)} ${unit}/s`]
  if (total === undefined) parts.unshift(`${count} ${unit}`)
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

function clock(seconds: number): string {
  const whole = Math.round(seconds)
  const minutes = Math.floor(whole / 60)
  return `${minutes}:${String(whole % 60).padStart(2, '0')}`
}
