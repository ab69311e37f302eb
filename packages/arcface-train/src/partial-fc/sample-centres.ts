/**
 * Partial FC (An et al. 2022, "Killing Two Birds with One Stone", arXiv:2203.15565): a step computes the softmax over some of the
 * centres only, those of the batch's own identities and others drawn uniformly. As in deepinsight/insightface,
 * recognition/arcface_torch/partial_fc_v2.py; only that there the number of centres grows where a batch has more identities than were to
 * be drawn, and here it is the same in every step, for a step is compiled once.
 */
import { randomOf } from '@tiny-face/arcface-model'

export interface SampleShape {
  readonly classes: number
  /** The share of all identities whose centres take part in a step: over 0, at most 1. */
  readonly sampleRate: number
}

/** How many identities take part in each step: room for those of any batch, and never more than there are. */
export function sampledClasses({ classes, sampleRate, batchSize }: SampleShape & { batchSize: number }): number {
  return Math.min(classes, Math.max(batchSize, Math.ceil(sampleRate * classes)))
}

export interface SampledCentres {
  /** The identities that take part, ascending. */
  readonly rows: Int32Array
  /** The place of each image's identity in `rows`; -1 where it is not among these. */
  readonly labels: Int32Array
}

export interface SampleOptions extends SampleShape {
  /** -1 for an identity that is another rank's. */
  readonly labels: Int32Array
  readonly seed: number
  readonly step: number
  /** Which rank's identities these are, where ranks share them: each draws for itself. */
  readonly rank?: number
}

const OWN = 1
const DRAWN = 2

/**
 * The identities of one step: a function of (labels, seed, step, rank) alone.
 *
 * @returns as many as `sampledClasses` says, all those of the batch among them, the others without a preference
 */
export function sampleCentres({ labels, classes, sampleRate, seed, step, rank = 0 }: SampleOptions): SampledCentres {
  const random = randomOf(seed, `partial-fc/${step}${rank === 0 ? '' : `/${rank}`}`)
  const marks = new Uint8Array(classes)
  let own = 0
  for (const label of labels) {
    if (label === -1) continue
    if (marks[label] === 0) own++
    marks[label] = OWN
  }
  const count = sampledClasses({ classes, sampleRate, batchSize: labels.length })
  const wanted = count - own
  const unwanted = classes - count
  // Either those that take part are drawn, or those that do not, whichever are fewer: at least half of the draws then find a new one.
  const drawn = wanted <= unwanted
  for (let left = Math.min(wanted, unwanted); left > 0; ) {
    const identity = Math.floor(random() * classes)
    if (marks[identity] !== 0) continue
    marks[identity] = DRAWN
    left--
  }
  const rows = new Int32Array(count)
  const places = new Map<number, number>()
  let place = 0
  for (let identity = 0; identity < classes; identity++) {
    const mark = marks[identity]
    if (mark !== OWN && (mark === DRAWN) !== drawn) continue
    if (mark === OWN) places.set(identity, place)
    rows[place++] = identity
  }
  return { rows, labels: labels.map(label => places.get(label) ?? -1) }
}
