import { InvalidArgumentError } from '@tiny-face/command-shell'

/** The most people that are listed for a face. */
export const MAX_TOP = 1000

/** For commander: reads how many people are to be listed. */
export function parseTop(text: string): number {
  const top = Number(text)
  if (/^\d+$/.test(text) && top >= 1 && top <= MAX_TOP) return top
  throw new InvalidArgumentError(`--top is a whole number from 1 to ${MAX_TOP}.`)
}
