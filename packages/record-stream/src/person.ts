import { type Label, tensorValues } from './record.js'

/**
 * The person that a label stands for: a whole number of at least 0; of several numbers the first, as insightface reads them.
 *
 * @returns undefined where there is no such number
 */
export function personOf(label: Label | undefined): number | undefined {
  if (label === undefined) return undefined
  const number = Number(typeof label === 'object' ? tensorValues(label)[0] : label)
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined
}
