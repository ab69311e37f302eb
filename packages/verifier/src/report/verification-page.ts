import { escaped, figureList, page, percent } from '@tiny-face/report-page'
import type { HardestPairs } from '../pairs/hardest-pairs.js'
import type { MeasuredPairs } from '../pairs/measured-pairs.js'
import { cosineOf } from '../pairs/squared-distance.js'
import { FARS, type Verification } from '../verify.js'
import { distanceChart } from './distance-chart.js'
import { hardestGallery } from './hardest-gallery.js'
import { isTooFine, resultNotes } from './result-notes.js'
import { rocChart } from './roc-chart.js'
import { STYLE } from './style.js'

export interface VerificationReport {
  verification: Verification
  /** All pairs, in their set's order. */
  pairs: MeasuredPairs
  hardest: HardestPairs
  /** What the pairs come from, for the heading. */
  source?: string | undefined
}

/**
 * A verification as one self-contained HTML page: style and charts inline, pictures as data URIs, no scripts, nothing
 * fetched. The same verification gives the same bytes.
 */
export function verificationPage({ verification, pairs, hardest, source }: VerificationReport): string {
  const notes = resultNotes(verification)
  const body = `<header>
<h1>Face verification</h1>
<p>${source === undefined ? '' : `${escaped(source)} · `}${setText(verification)}</p>
</header>
${headFigures(verification)}
${notes.length === 0 ? '' : `<ul class="notes">${notes.map(note => `<li>${escaped(note)}</li>`).join('')}</ul>`}
<div class="columns">
${rocChart(pairs, verification)}
${distanceChart(pairs, verification)}
</div>
<div class="columns">
${foldTable(verification)}
${rateTable(verification)}
</div>
${hardestGallery(hardest, pairs, verification)}
<footer>
<p>Protocol of insightface: ${verification.flip ? 'each embedding plus that of its mirror image' : 'embeddings'} scaled to length 1, squared Euclidean
distance, ten folds in the set’s order, accepted when strictly below the threshold that is best on the nine other folds. Deviations are those of a population.</p>
<p>Faces are biometric data: pass this page on only to those who may see the pictures in it.</p>
</footer>`
  const title = source === undefined ? 'Face verification' : `Face verification: ${source}`
  return page({ title, style: STYLE, body })
}

function setText({ pairs, same, flip }: Verification): string {
  return `${pairs} pairs, ${same} same and ${pairs - same} different · ${flip ? 'with' : 'without'} mirror images`
}

function headFigures(verification: Verification): string {
  const { accuracy, folds, tar, aucExact, eer } = verification
  const far = FARS.findLast(wanted => !isTooFine(wanted, verification)) ?? FARS[0]
  const thresholds = folds.map(fold => fold.threshold).sort((a, b) => a - b)
  const [low, high] = [thresholds[0]!, thresholds.at(-1)!]
  const middle = thresholds[Math.floor(thresholds.length / 2)]!
  const span = low === high ? 'in every fold' : `folds ${low.toFixed(2)} – ${high.toFixed(2)}`
  return figureList([
    ['Accuracy', percent(accuracy.mean), `± ${(accuracy.std * 100).toFixed(2)} over ${folds.length} folds`],
    [`TAR at FAR ${far}`, percent(tar[far].mean), `± ${(tar[far].std * 100).toFixed(2)} over ${folds.length} folds`],
    ['Equal error rate', percent(eer), 'on the mean ROC'],
    ['AUC', aucExact.toFixed(4), 'exact, of all pairs'],
    ['Threshold', middle.toFixed(2), `${span}; cosine ${cosineOf(middle).toFixed(3).replace('-', '−')}`],
  ])
}

function foldTable({ folds, accuracy }: Verification): string {
  const count = (value: number) => (value === 0 ? '<td class="zero">0</td>' : `<td>${value}</td>`)
  const rows = folds.map(
    ({ pairs, same, threshold, accuracy, falseAccepts, falseRejects }, fold) =>
      `<tr><th scope="row">${fold + 1}</th><td>${same} + ${pairs - same}</td><td>${threshold.toFixed(2)}</td>` +
      `<td>${percent(accuracy)}</td>${count(falseAccepts)}${count(falseRejects)}</tr>`,
  )
  const sum = (name: 'falseAccepts' | 'falseRejects') => folds.reduce((total, fold) => total + fold[name], 0)
  return `<section>
<h2>Folds</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Fold</th><th scope="col">Same + different</th><th scope="col">Threshold</th><th scope="col">Accuracy</th><th scope="col">False accepts</th><th scope="col">False rejects</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
<tfoot><tr><th scope="row">All</th><td colspan="3">${percent(accuracy.mean)} ± ${(accuracy.std * 100).toFixed(2)}</td><td>${sum('falseAccepts')}</td><td>${sum('falseRejects')}</td></tr></tfoot>
</table></div>
</section>`
}

function rateTable(verification: Verification): string {
  const { tar, auc, aucExact, eer, xnorm } = verification
  const rows = FARS.map(far => {
    const mark = isTooFine(far, verification) ? ' *' : ''
    const { mean, std, far: met } = tar[far]
    return `<tr><th scope="row">${far}${mark}</th><td>${percent(mean)} ± ${(std * 100).toFixed(2)}</td><td>${percent(met)}</td></tr>`
  })
  const starred = rows.some(row => row.includes(' *'))
  const other: [string, string][] = [
    ['AUC of the mean ROC', auc.toFixed(6)],
    ['AUC of all pairs, exact', aucExact.toFixed(6)],
    ['Equal error rate', percent(eer, 3)],
    ['Mean length of the raw embeddings', xnorm.toFixed(4)],
  ]
  return `<section>
<h2>Rates</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Wanted FAR</th><th scope="col">TAR, mean ± deviation</th><th scope="col">FAR met on the folds tested</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>
${starred ? '<p>* finer than these pairs can tell</p>' : ''}
<table><tbody>${other.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('\n')}</tbody></table>
</section>`
}
