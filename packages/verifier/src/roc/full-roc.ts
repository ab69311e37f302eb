import type { ExactRoc } from './exact-roc.js'

/** The ROC of all pairs at once: how many same pairs are closer than each different pair. */
export interface FullRoc {
  same: number
  different: number
  /** `acceptedSame[k]`: same pairs accepted with k false accepts and not one more; k from 0 to `different`. */
  acceptedSame: Uint32Array
}

/** The exact ROC of all pairs, with no grid of thresholds. */
export function fullRoc({ same, different }: ExactRoc): FullRoc {
  const acceptedSame = new Uint32Array(different.length + 1)
  let accepted = 0
  different.forEach((distance, falseAccepts) => {
    while (accepted < same.length && same[accepted]! <= distance) accepted++
    acceptedSame[falseAccepts] = accepted
  })
  acceptedSame[different.length] = same.length
  return { same: same.length, different: different.length, acceptedSame }
}
