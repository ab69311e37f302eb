import type { LabelledFaces } from '../faces/labelled-faces.js'
import { countBelow } from '../roc/exact-roc.js'
import type { Enrolment, IdentificationProtocol } from './protocol.js'
import type { Searches } from './search-gallery.js'

/** The false positive identification rates that are reported, as they are named in the literature. */
export const FPIRS = ['1e-1', '1e-2', '1e-3'] as const
export type Fpir = (typeof FPIRS)[number]

/** Ranks that are reported; the CMC has all of them up to MAX_CMC_RANK. */
export const RANKS = [1, 5, 10] as const
export const MAX_CMC_RANK = 100

/** What a threshold lets through, in searches of an open set: for people who may not be enrolled. */
export interface OpenSetRates {
  /** A search finds its closest person where the squared distance is strictly below it. */
  threshold: number
  /** True positive identification rate: searches for enrolled people that find them, first and by the threshold. */
  tpir: number
  truePositives: number
  /** False positive identification rate: searches for strangers that find somebody. */
  fpir: number
  falsePositives: number
}

export interface Identification {
  protocol: IdentificationProtocol
  gallery: { images: number; people: number }
  probes: { images: number; people: number }
  /** Searches for people who are enrolled (ISO/IEC 19795-1: mated), and for strangers (non-mated). */
  mated: number
  strangers: number
  /** `cmc[k - 1]`: the share of searches for enrolled people that have the right one among the closest k. */
  cmc: number[]
  /** TPIR where FPIR is at most this, by the largest such threshold; without where there are no strangers or nobody is searched for. */
  tpir: Partial<Record<Fpir, OpenSetRates>>
  flip: boolean
}

/**
 * Figures of identification, one person among many.
 *
 * @see ISO/IEC 19795-1:2021, identification rate, FPIR and FNIR; Grother, Ngan and Hanaoka, "Face Recognition Vendor Test, part 2:
 *   Identification" (NISTIR 8271), 3.2: TPIR is 1 - FNIR(N, R, T) at R = 1; Maze et al., "IARPA Janus Benchmark C" (2018), 1:N
 */
export function identification(
  { gallery, probes }: Enrolment,
  searches: Searches,
  protocol: IdentificationProtocol,
): Identification {
  const { mates, strangers, mated } = openSet(searches, protocol)
  const tpir: Identification['tpir'] = {}
  if (mated > 0 && strangers.length > 0) {
    for (const fpir of FPIRS) {
      tpir[fpir] = rates(thresholdAt(strangers, Number(fpir)), mates, mated, strangers)
    }
  }
  return {
    protocol,
    gallery: sizeOf(gallery),
    probes: sizeOf(probes),
    mated,
    strangers: strangers.length,
    cmc: cumulativeMatches(searches, mated, sizeOf(gallery).people),
    tpir,
    flip: gallery.flip,
  }
}

/** The rates at a threshold that was found elsewhere (`face-calibrate`); NaN where there are no searches of the kind. */
export function ratesAt(searches: Searches, protocol: IdentificationProtocol, threshold: number): OpenSetRates {
  const { mates, strangers, mated } = openSet(searches, protocol)
  return rates(threshold, mates, mated, strangers)
}

/** The distances that decide, sorted: of enrolled people who come first, and of the closest others where strangers are searched for. */
function openSet({ ranks, mates, others }: Searches, protocol: IdentificationProtocol) {
  const first = mates.filter((_, probe) => ranks[probe] === 1).sort()
  // Where the first image is enrolled, every probe is searched for in the gallery without its person, too.
  const strangers = (protocol === 'first' ? others.slice() : others.filter((_, probe) => ranks[probe] === 0)).sort()
  let mated = 0
  for (const rank of ranks) if (rank > 0) mated++
  return { mates: first, strangers, mated }
}

/** The largest threshold by which at most this share of the strangers find somebody. */
function thresholdAt(strangers: Float64Array, fpir: number): number {
  const most = Math.floor(fpir * strangers.length)
  return most < strangers.length ? strangers[most]! : Number.POSITIVE_INFINITY
}

function rates(threshold: number, mates: Float64Array, mated: number, strangers: Float64Array): OpenSetRates {
  const truePositives = countBelow(mates, threshold)
  const falsePositives = countBelow(strangers, threshold)
  return {
    threshold,
    tpir: truePositives / mated,
    truePositives,
    fpir: falsePositives / strangers.length,
    falsePositives,
  }
}

function cumulativeMatches({ ranks }: Searches, mated: number, people: number): number[] {
  const counts = new Array<number>(Math.min(people, MAX_CMC_RANK)).fill(0)
  for (const rank of ranks) if (rank >= 1 && rank <= counts.length) counts[rank - 1]!++
  let found = 0
  return counts.map(count => {
    found += count
    return mated === 0 ? 0 : found / mated
  })
}

function sizeOf({ length, people }: LabelledFaces): { images: number; people: number } {
  return { images: length, people: new Set(people).size }
}
