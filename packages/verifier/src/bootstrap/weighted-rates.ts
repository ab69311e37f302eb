import type { PairDistances } from '../pairs/measured-pairs.js'
import { Crossing } from '../roc/equal-error-rate.js'
import { sortedOrder } from '../sorted-order.js'

/** The figures of a sample, in which pairs count as often as they were drawn. Rates are 0 to 1. */
export interface SampleFigures {
  accuracy: number
  eer: number
  /** For each wanted false accept rate. */
  tars: number[]
}

const SAME = 1
/** Set where the pair was decided rightly. */
const RIGHT = 2
/** Set on the last of the pairs that lie at one distance: a threshold accepts all of them or none. */
const LAST_OF_TIE = 4

/** Pairs made ready for many samples: sorted once, so that a sample takes one walk along them, from one byte to the next. */
export class WeightedRates {
  /** Where the pairs come from: the place of the closest first. */
  readonly order: Uint32Array
  /** `SAME`, `RIGHT` and `LAST_OF_TIE`, in sorted order. */
  readonly #marks: Uint8Array
  readonly #fars: readonly number[]

  /**
   * @param right 1 where the pair was decided rightly, else 0: the accuracy is their share
   * @param fars wanted false accept rates, 0 to 1
   */
  constructor(pairs: PairDistances, right: Uint8Array, fars: readonly number[]) {
    const { distances, same } = pairs
    const order = sortedOrder(distances)
    this.order = order
    this.#marks = new Uint8Array(order.length)
    for (let i = 0; i < order.length; i++) {
      const place = order[i]!
      const ends = i + 1 === order.length || distances[order[i + 1]!]! > distances[place]!
      this.#marks[i] = (same[place]! * SAME) | (right[place]! * RIGHT) | (ends ? LAST_OF_TIE : 0)
    }
    this.#fars = fars
  }

  /**
   * @param weights how often each pair is in the sample, the closest first
   * @returns undefined where the sample has no pair of one kind
   */
  of(weights: Uint8Array): SampleFigures | undefined {
    const total = this.#totals(weights)
    if (total.same === 0 || total.different === 0) return undefined
    const accuracy = total.right / (total.same + total.different)
    return { accuracy, ...this.#walk(weights, total) }
  }

  #totals(weights: Uint8Array) {
    const marks = this.#marks
    let same = 0
    let all = 0
    let right = 0
    for (let i = 0; i < weights.length; i++) {
      const weight = weights[i]!
      const mark = marks[i]!
      all += weight
      same += weight * (mark & SAME)
      right += weight * (mark & RIGHT)
    }
    return { same, different: all - same, right: right / RIGHT }
  }

  /** From the closest pair to where every rate is known: where the curve has crossed, and passed the largest rate wanted. */
  #walk(weights: Uint8Array, total: { same: number; different: number }): Omit<SampleFigures, 'accuracy'> {
    const byFar = this.#fars.map((far, i) => ({ i, most: far * total.different })).sort((a, b) => a.most - b.most)
    const tars = this.#fars.map(() => 1)
    const crossing = new Crossing()
    let crossed = false
    let next = 0
    let same = 0
    let different = 0
    let sameBefore = 0
    const marks = this.#marks
    for (let i = 0; i < marks.length; i++) {
      const weight = weights[i]!
      const mark = marks[i]!
      if ((mark & SAME) !== 0) same += weight
      else different += weight
      if ((mark & LAST_OF_TIE) === 0) continue
      while (next < byFar.length && different > byFar[next]!.most) tars[byFar[next++]!.i] = sameBefore / total.same
      crossed ||= crossing.passedBy(different / total.different, same / total.same)
      if (crossed && next === byFar.length) break
      sameBefore = same
    }
    return { eer: crossing.rate, tars }
  }
}
