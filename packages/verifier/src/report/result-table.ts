import { alignColumns, withoutControls } from '@tiny-face/command-shell'
import type { Interval } from '../bootstrap/bootstrap-intervals.js'
import type { GroupFigures, Groups } from '../groups/group-figures.js'
import { PROTOCOLS } from '../protocols.js'
import type { VerificationResult } from '../verification-result.js'
import { FARS, type Verification } from '../verify.js'
import { isTooFine, resultNotes } from './result-notes.js'

/** A result as the literature prints it: tables for a terminal, and the notes that belong to them. */
export function resultTable(result: VerificationResult): string {
  const { verification, groups } = result
  const starred = FARS.some(far => isTooFine(far, verification))
  const notes = resultNotes(verification).map((note, i) => (i === 0 && starred ? `* ${note}` : note))
  const parts = [
    ...heading(result),
    ...foldRows(result),
    ...allPairsRows(result),
    ...(groups === undefined ? [] : groupRows(groups)),
    ...intervalNote(result),
    ...notes,
  ]
  // Names of networks and of groups come from anywhere.
  return `${parts.map(withoutControls).join('\n')}\n`
}

function heading({ verification, model, components }: VerificationResult): string[] {
  const { protocol, pairs, same, flip } = verification
  const set = `${pairs} pairs, ${same} same and ${pairs - same} different, ${flip ? 'with' : 'without'} mirror images`
  const along = components === undefined ? '' : `, accuracy along ${components} principal components`
  const network = model && `model ${model.name} (${model.sha256.slice(0, 12)}), preprocessed ${model.preprocess}`
  return [`${set}; protocol ${protocol}${along}`, ...(network === undefined ? [] : [network])]
}

/** The figures of the folds. */
function foldRows({ verification, intervals }: VerificationResult): string[] {
  const { accuracy, folds, auc, aucExact, eer, tar, xnorm } = verification
  const sure = intervals && `; ${rangeText(intervals.accuracy)}`
  const rows: [name: string, value: string, remark: string][] = [
    ['accuracy', plusMinus(accuracy), `${folds.length} folds${sure ?? ''}`],
    ['threshold', ...thresholdText(verification)],
    ...FARS.map((far): [string, string, string] => {
      const mark = isTooFine(far, verification) ? ' *' : ''
      return [`TAR@FAR=${far}`, plusMinus(tar[far]), `FAR on the folds tested ${tar[far].far.toFixed(4)}${mark}`]
    }),
    ['AUC', auc.toFixed(4), `exact, of all pairs ${aucExact.toFixed(4)}`],
    ['EER', eer.toFixed(4), ''],
    ['norm', xnorm.toFixed(4), 'mean length of the raw embeddings'],
  ]
  return rows.map(([name, value, remark]) => `${name.padEnd(14)}${value.padEnd(18)}${remark}`.trimEnd())
}

/** The figures of all pairs at once, in the field's terms and in those of ISO/IEC 19795. */
function allPairsRows({ verification, exact, intervals }: VerificationResult): string[] {
  const different = verification.pairs - verification.same
  const sure = (interval: Interval | undefined) => (interval === undefined ? '' : rangeText(interval))
  const rows = FARS.map((far, i) => {
    const { tar, fmr, fnmr, falseAccepts } = exact.tar[far]
    const rates = `FNMR ${fnmr.toFixed(4)} at FMR ${fmr === 0 ? '0' : fmr.toExponential(1)}: ${falseAccepts} of ${different} impostors`
    return [`TAR@FAR=${far}`, tar.toFixed(4), sure(intervals?.tars[i]), rates]
  })
  return alignColumns([['all pairs', '', '', ''], ['EER', exact.eer.toFixed(4), sure(intervals?.eer), ''], ...rows])
}

function intervalNote({ intervals }: VerificationResult): string[] {
  if (intervals === undefined) return []
  const { level, samples, seed, unit, units } = intervals
  const of = unit === 'person' ? `the ${units} people` : `${units} pairs, as no labels say who is who`
  return [`… ${level * 100}% intervals: bootstrap of ${of}, ${samples} samples, seed ${seed}.`]
}

function groupRows({ field, values, mixed }: Groups): string[] {
  const row = (name: string, { pairs, same, accuracy, eer, fmr, fnmr, tar }: GroupFigures) => [
    name,
    `${same} + ${pairs - same}`,
    accuracy === undefined ? '' : plusMinus(accuracy),
    figure(eer),
    figure(tar?.['1e-3'].tar),
    figure(fmr),
    figure(fnmr),
  ]
  return alignColumns([
    [`by ${field}`, 'same + different', 'accuracy', 'EER', 'TAR@FAR=1e-3', 'FMR', "FNMR at the set's thresholds"],
    ...[...values].map(([value, group]) => row(value, group)),
    ...(mixed === undefined ? [] : [row('(two values)', mixed)]),
  ])
}

function figure(rate: number | undefined): string {
  return rate === undefined ? '' : rate.toFixed(4)
}

function plusMinus({ mean, std }: { mean: number; std: number }): string {
  return `${mean.toFixed(4)} ± ${std.toFixed(4)}`
}

function rangeText({ low, high }: Interval): string {
  return `${low.toFixed(4)} … ${high.toFixed(4)}`
}

/** The folds' thresholds as one number where they agree, else from the lowest to the highest, and as cosines. */
function thresholdText({ protocol, folds }: Verification): [string, string] {
  const { distance, cosineOf } = PROTOCOLS[protocol]
  const thresholds = folds.map(fold => fold.threshold)
  const low = Math.min(...thresholds)
  const high = Math.max(...thresholds)
  const range = (format: (threshold: number) => string, from: number, to: number) =>
    low === high ? format(from) : `${format(from)} … ${format(to)}`
  const cosine = cosineOf && `; cosine ${range(threshold => cosineOf(threshold).toFixed(3), high, low)}`
  return [range(threshold => threshold.toFixed(2), low, high), `${distance}${cosine ?? ''}`]
}
