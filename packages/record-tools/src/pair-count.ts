import { InvalidArgumentError } from '@tiny-face/command-shell'
import { FOLDS } from '@tiny-face/record-stream/record'

/** LFW's number of pairs of each kind: what is drawn by default where there are as many. */
export const DEFAULT_PAIRS = 3000

/** For commander: reads a number of pairs that goes evenly into the folds. */
export function parsePairs(text: string): number {
  const pairs = Number(text)
  if (!/^\d+$/.test(text) || pairs % FOLDS !== 0) {
    throw new InvalidArgumentError(`The number of pairs is a multiple of ${FOLDS}, the number of folds.`)
  }
  return pairs
}
