/** The tables of a report: folds, rates, groups, and other models. */
import { dataTable, escaped, percent } from '@tiny-face/report-page'
import type { Interval } from '../bootstrap/bootstrap-intervals.js'
import type { GroupFigures, Groups } from '../groups/group-figures.js'
import type { VerificationResult } from '../verification-result.js'
import { FARS, type Verification } from '../verify.js'
import type { OtherResult } from './other-result.js'
import { isTooFine } from './result-notes.js'

export function foldTable({ folds, accuracy }: Verification): string {
  const count = (value: number) => (value === 0 ? '<span class="zero">0</span>' : `${value}`)
  const rows = folds.map(({ pairs, same, threshold, accuracy, falseAccepts, falseRejects }, fold) => ({
    name: `${fold + 1}`,
    cells: [
      `${same} + ${pairs - same}`,
      threshold.toFixed(2),
      `${meter(accuracy)}${percent(accuracy)}`,
      count(falseAccepts),
      count(falseRejects),
    ],
  }))
  const sum = (name: 'falseAccepts' | 'falseRejects') => folds.reduce((total, fold) => total + fold[name], 0)
  const table = dataTable({
    head: ['Fold', 'Same + different', 'Threshold', 'Accuracy', 'False accepts', 'False rejects'],
    rows,
    foot: `<tr><th scope="row">All</th><td colspan="3">${plusMinus(accuracy)}</td><td>${sum('falseAccepts')}</td><td>${sum('falseRejects')}</td></tr>`,
  })
  return `<section>
<h2>Folds</h2>
${table}
</section>`
}

/** From this accuracy on a bar has length: what guessing reaches has none. */
const GUESSED = 0.5

/** A bar in front of an accuracy, so that the eye finds the odd one; the figure beside it says the same. */
function meter(accuracy: number): string {
  const share = Math.max(0, accuracy - GUESSED) / (1 - GUESSED)
  return `<i class="meter" aria-hidden="true"><i style="width:${(share * 100).toFixed(1)}%"></i></i>`
}

export function rateTable({ verification, exact, intervals }: VerificationResult): string {
  const { tar, auc, aucExact, eer, xnorm, pairs, same } = verification
  const rows = FARS.map((far, i) => {
    const all = exact.tar[far]
    const mark = isTooFine(far, verification) ? ' *' : ''
    const cells = [plusMinus(tar[far]), percent(all.tar), rangeText(intervals?.tars[i]), `${all.falseAccepts}`]
    return { name: `${far}${mark}`, cells }
  })
  const starred = rows.some(row => row.name.endsWith('*'))
  const other = [
    ['Equal error rate, mean ROC of the folds', percent(eer, 3)],
    [
      'Equal error rate, all pairs',
      `${percent(exact.eer, 3)}${intervals === undefined ? '' : ` (${rangeText(intervals.eer)})`}`,
    ],
    ['AUC of the mean ROC', auc.toFixed(6)],
    ['AUC of all pairs, exact', aucExact.toFixed(6)],
    ['Mean length of the raw embeddings', xnorm.toFixed(4)],
  ] as const
  return `<section>
<h2>Rates</h2>
${dataTable({
  head: ['FAR', 'TAR, folds', 'TAR, all pairs', '95% interval', 'False accepts'],
  rows,
})}
<p>False accepts: of ${pairs - same} pairs of two people, all folds together.${starred ? ' * Finer than these pairs can tell.' : ''}</p>
${dataTable({ rows: other.map(([name, value]) => ({ name, cells: [value] })) })}
</section>`
}

export function groupTable({ field, values, mixed }: Groups): string {
  const rows = [...values].map(([name, figures]) => groupRow(escaped(name), figures))
  if (mixed !== undefined) rows.push(groupRow('two values', mixed))
  return `<section>
<h2>By ${escaped(field)}</h2>
${dataTable({
  head: [escaped(field), 'Same + different', 'Accuracy', 'EER', 'TAR at FAR 1e-3', 'FMR', 'FNMR'],
  rows,
})}
<p>Accuracy, EER and TAR with thresholds of the group’s own; FMR and FNMR at the thresholds of the whole set, which is what one threshold for
everybody means for each.</p>
</section>`
}

function groupRow(name: string, { pairs, same, accuracy, eer, tar, fmr, fnmr }: GroupFigures) {
  const rate = (value: number | undefined) => (value === undefined ? '–' : percent(value))
  const shown = accuracy === undefined ? '–' : `${meter(accuracy.mean)}${plusMinus(accuracy)}`
  return {
    name,
    cells: [`${same} + ${pairs - same}`, shown, rate(eer), rate(tar?.['1e-3'].tar), rate(fmr), rate(fnmr)],
  }
}

/** This result and others on the same set, a line each. */
export function modelTable(
  name: string,
  { verification, exact, intervals }: VerificationResult,
  others: readonly OtherResult[],
): string {
  const first = {
    name: escaped(name),
    cells: [
      plusMinus(verification.accuracy),
      rangeText(intervals?.accuracy),
      percent(exact.eer),
      percent(exact.tar['1e-3'].tar),
      rangeText(intervals?.tars[FARS.indexOf('1e-3')]),
    ],
  }
  const rest = others.map(other => ({
    name: escaped(other.name),
    cells: [
      plusMinus(other.accuracy),
      rangeText(other.intervals?.accuracy),
      percent(other.eer),
      percent(other.tar),
      rangeText(other.intervals?.tar),
    ],
  }))
  return `<section>
<h2>Models</h2>
${dataTable({ head: ['Model', 'Accuracy', '95% interval', 'EER', 'TAR at FAR 1e-3', '95% interval'], rows: [first, ...rest] })}
<p>Each of the same ${verification.pairs} pairs. Whether one is better than another, face-verify --compare tells: intervals that overlap do not.</p>
</section>`
}

function plusMinus({ mean, std }: { mean: number; std: number }): string {
  return `${percent(mean)} ± ${(std * 100).toFixed(2)}`
}

function rangeText(interval: Interval | undefined): string {
  return interval === undefined ? '' : `${(interval.low * 100).toFixed(2)} – ${(interval.high * 100).toFixed(2)}`
}
