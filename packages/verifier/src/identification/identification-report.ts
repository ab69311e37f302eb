import { cosineOf } from '../pairs/squared-distance.js'
import { FPIRS, type Identification, type OpenSetRates, RANKS } from './identification.js'

/** What a threshold of one's own people does here. */
export interface CalibratedRates extends OpenSetRates {
  /** The false accept rate, of pairs, that the threshold was found for. */
  far: number
}

/** Figures of identification as a table for a terminal, with the number of searches behind each. */
export function identificationTable(identification: Identification, calibrated?: CalibratedRates): string {
  const { gallery, probes, mated, strangers, cmc, tpir, flip, protocol } = identification
  const found = (share: number) => `${Math.round(share * mated)} of ${mated} searches for people who are enrolled`
  const ranks = RANKS.filter(rank => rank <= cmc.length).map(rank => {
    const share = cmc[rank - 1]!
    return mated === 0 ? [] : [`rank ${rank}`, share.toFixed(4), found(share)]
  })
  const open = FPIRS.map(fpir => {
    const rates = tpir[fpir]
    return rates === undefined ? [] : [`TPIR@FPIR=${fpir}`, rates.tpir.toFixed(4), openText(rates, strangers)]
  })
  const own = calibrated === undefined ? [] : calibratedRows(calibrated, mated, strangers)
  const head = [
    `${gallery.images} images of ${gallery.people} people enrolled, ${probes.images} of ${probes.people} searched for, ` +
      `${flip ? 'with' : 'without'} mirror images`,
  ]
  const body = [...ranks, ...open, ...own].filter(row => row.length > 0)
  const notes = [...(protocol === 'first' && strangers > 0 ? [TWICE] : []), ...missing(identification)]
  return `${[...head, ...body.map(([name, value, remark]) => `${name!.padEnd(18)}${value!.padEnd(10)}${remark}`), ...notes].join('\n')}\n`
}

const TWICE = "Strangers' searches are the same images, each in the gallery without its person."

function openText({ threshold, fpir, falsePositives }: OpenSetRates, strangers: number): string {
  const cosine = `cosine ${cosineOf(threshold).toFixed(4)}`
  return `below ${threshold.toFixed(4)}, ${cosine}; FPIR ${fpir.toFixed(4)}, ${falsePositives} of ${strangers} searches for strangers`
}

function calibratedRows(
  { threshold, far, tpir, truePositives, fpir, falsePositives }: CalibratedRates,
  mated: number,
  strangers: number,
) {
  const name = `below ${threshold.toFixed(4)}`
  const why = `the threshold for a FAR of ${far.toExponential()}`
  return [
    ...(mated > 0 ? [[name, tpir.toFixed(4), `TPIR, ${truePositives} of ${mated}, by ${why}`]] : []),
    ...(strangers > 0 ? [[name, fpir.toFixed(4), `FPIR, ${falsePositives} of ${strangers}`]] : []),
  ]
}

/** What cannot be told, and rates that are finer than the searches. */
function missing({ mated, strangers, tpir }: Identification): string[] {
  if (mated === 0) return ['Nobody who is searched for is enrolled: no rank and no TPIR.']
  if (strangers === 0) return ['No stranger is searched for: no FPIR.']
  const fine = FPIRS.filter(fpir => tpir[fpir] !== undefined && Number(fpir) * strangers < 1)
  return fine.length === 0
    ? []
    : [
        `FPIR ${fine.join(', ')}: finer than ${strangers} searches can tell; the threshold is that of the closest stranger.`,
      ]
}

/** The same as one line of JSON, every figure to its last digit. */
export function identificationJson(identification: Identification, calibrated?: CalibratedRates): string {
  const { protocol, gallery, probes, mated, strangers, cmc, tpir, flip } = identification
  const rates = ({ threshold, tpir, truePositives, fpir, falsePositives }: OpenSetRates) => ({
    threshold,
    tpir,
    true_positives: truePositives,
    fpir,
    false_positives: falsePositives,
  })
  const open = Object.entries(tpir).map(([fpir, at]) => [fpir, rates(at)])
  return `${JSON.stringify({
    protocol,
    gallery,
    probes,
    mated,
    strangers,
    flip,
    cmc,
    tpir: Object.fromEntries(open),
    ...(calibrated === undefined ? {} : { calibrated: { far: calibrated.far, ...rates(calibrated) } }),
  })}\n`
}
