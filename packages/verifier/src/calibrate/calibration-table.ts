import { cosineOf } from '../pairs/squared-distance.js'
import type { Calibration } from './calibrate.js'

/** A calibration as a table for a terminal. */
export function calibrationTable(calibration: Calibration): string {
  const { far, threshold, cosine, confidence, farInterval, thresholdInterval, falseAccepts } = calibration
  const { people, faces, facesSeen, impostorPairs, effectivePairs, smallestFar, flip } = calibration
  const sure = `${Math.round(100 * confidence)}%`
  const range = ([low, high]: readonly number[], format: (value: number) => string) =>
    `${format(low!)} … ${format(high!)}`
  const rate = (value: number) => value.toExponential(1)
  const [near, distant] = thresholdInterval
  const rows = [
    ['threshold', threshold.toFixed(4), `squared distance, accept below; ${sure} ${range(thresholdInterval, format4)}`],
    ['cosine', cosine.toFixed(4), `accept above; ${sure} ${range([cosineOf(distant), cosineOf(near)], format4)}`],
    ['FAR', rate(far), `true rate ${sure} ${range(farInterval, rate)}`],
    [
      'rests on',
      `${impostorPairs} pairs`,
      `of two people, ${falseAccepts} accepted; worth ${Math.round(effectivePairs)} independent ones`,
    ],
    ['smallest FAR', rate(smallestFar), `that ${people} people can support`],
  ]
  const drawn = faces === facesSeen ? '' : ` drawn of ${facesSeen}`
  const head = `${faces} faces${drawn} of ${people} people, ${flip ? 'with' : 'without'} mirror images`
  const body = rows.map(([name, value, remark]) => `${name!.padEnd(14)}${value!.padEnd(18)}${remark}`)
  return `${[head, ...body].join('\n')}\n`
}

function format4(value: number): string {
  return value.toFixed(4)
}
