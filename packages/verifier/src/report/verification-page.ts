import { basename } from 'node:path'
import { escaped, figureList, page, percent, settingsList } from '@tiny-face/report-page'
import type { HardestPairs } from '../pairs/hardest-pairs.js'
import type { MeasuredPairs } from '../pairs/measured-pairs.js'
import { PROTOCOLS } from '../protocols.js'
import { exactRoc } from '../roc/exact-roc.js'
import { fullRoc } from '../roc/full-roc.js'
import type { VerificationResult } from '../verification-result.js'
import { FARS, type Verification } from '../verify.js'
import { detChart } from './det-chart.js'
import { distanceChart } from './distance-chart.js'
import { hardestGallery } from './hardest-gallery.js'
import type { OtherResult } from './other-result.js'
import { isTooFine, resultNotes } from './result-notes.js'
import { foldTable, groupTable, modelTable, rateTable } from './result-tables.js'
import { rocChart } from './roc-chart.js'
import { STYLE } from './style.js'

export interface VerificationReport {
  result: VerificationResult
  /** All pairs, in their set's order. */
  pairs: MeasuredPairs
  hardest: HardestPairs
  /** Results of other models on the same set, to be shown beside this one. */
  others?: readonly OtherResult[]
}

/**
 * A verification as one self-contained HTML page: style and charts inline, pictures as data URIs, no scripts, nothing
 * fetched. The same verification gives the same bytes.
 */
export function verificationPage({ result, pairs, hardest, others = [] }: VerificationReport): string {
  const { model, verification, groups } = result
  // A path says where on whose machine the set lies, which is not for those who are shown the page.
  const source = result.source === undefined ? undefined : basename(result.source)
  const notes = resultNotes(verification)
  const name = model?.name ?? 'this model'
  const band = result.band.map(({ far, tar }) => ({ far, low: tar.low, high: tar.high }))
  const rates = { verification, roc: fullRoc(exactRoc(pairs)), band, name, others }
  const { distance } = PROTOCOLS[verification.protocol]
  const about = [source, model?.name, setText(verification)].filter(text => text !== undefined)
  const body = `<header>
<h1>Face verification</h1>
<p>${escaped(about.join(' · '))}</p>
</header>
${headFigures(result)}
${notes.length === 0 ? '' : `<ul class="notes">${notes.map(note => `<li>${escaped(note)}</li>`).join('')}</ul>`}
${others.length === 0 ? '' : `<div class="wide">${modelTable(name, result, others)}</div>`}
<div class="columns">
${rocChart(rates)}
${detChart(rates)}
</div>
<div class="columns">
${distanceChart(pairs, verification)}
${rateTable(result)}
</div>
<div class="columns">
${foldTable(verification)}
${groups === undefined ? settingsList(settings(result, source)) : groupTable(groups)}
</div>
${groups === undefined ? '' : `<div class="wide">${settingsList(settings(result, source))}</div>`}
${hardestGallery(hardest, pairs, verification)}
<footer>
<p>Protocol ${verification.protocol}: ${verification.flip ? 'each embedding plus that of its mirror image' : 'embeddings'}${verification.protocol === 'face-api' ? '' : ' scaled to length 1'}, ${distance},
ten folds in the set’s order, accepted when strictly below the threshold that is best on the nine other folds. Deviations are those of a
population. “All pairs” depends on no folds and no grid of thresholds.</p>
<p>Faces are biometric data: pass this page on only to those who may see the pictures in it.</p>
</footer>`
  const title = source === undefined ? 'Face verification' : `Face verification: ${source}`
  return page({ title, style: STYLE, body })
}

function setText({ pairs, same, flip }: Verification): string {
  return `${pairs} pairs, ${same} same and ${pairs - same} different · ${flip ? 'with' : 'without'} mirror images`
}

function headFigures({ verification, exact, intervals }: VerificationResult): string {
  const { accuracy, folds, tar, aucExact, protocol } = verification
  const { cosineOf } = PROTOCOLS[protocol]
  const far = FARS.findLast(wanted => !isTooFine(wanted, verification)) ?? FARS[0]
  const thresholds = folds.map(fold => fold.threshold).sort((a, b) => a - b)
  const [low, high] = [thresholds[0]!, thresholds.at(-1)!]
  const middle = thresholds[Math.floor(thresholds.length / 2)]!
  const span = low === high ? 'in every fold' : `folds ${low.toFixed(2)} – ${high.toFixed(2)}`
  const cosine = cosineOf === undefined ? '' : `; cosine ${cosineOf(middle).toFixed(3).replace('-', '−')}`
  const sure =
    intervals && `; 95%: ${(intervals.accuracy.low * 100).toFixed(2)} – ${(intervals.accuracy.high * 100).toFixed(2)}`
  return figureList([
    [
      'Accuracy',
      percent(accuracy.mean),
      `± ${(accuracy.std * 100).toFixed(2)} over ${folds.length} folds${sure ?? ''}`,
    ],
    [`TAR at FAR ${far}`, percent(tar[far].mean), `± ${(tar[far].std * 100).toFixed(2)} over ${folds.length} folds`],
    ['Equal error rate', percent(exact.eer), 'of all pairs'],
    ['AUC', aucExact.toFixed(4), 'exact, of all pairs'],
    ['Threshold', middle.toFixed(2), `${span}${cosine}`],
  ])
}

/** What a reader needs to have the same figures again. */
function settings(
  { model, components, verification, intervals }: VerificationResult,
  source: string | undefined,
): [string, string][] {
  const { protocol, flip } = verification
  const bootstrap =
    intervals &&
    `${intervals.samples} samples of ${intervals.units} ${intervals.unit === 'person' ? 'people' : 'pairs'}, seed ${intervals.seed}`
  return [
    ['source', source ?? 'a stream that does not name it'],
    ['model', model?.name ?? 'a stream that does not name it'],
    ...(model === undefined
      ? []
      : ([
          ['SHA-256 of the model', model.sha256],
          ['preprocessing', model.preprocess],
        ] satisfies [string, string][])),
    ['protocol', protocol],
    ['mirror images', flip ? 'added' : 'not added'],
    ['principal components', components === undefined ? 'all' : `${components}, for the accuracy`],
    ['intervals', bootstrap ?? 'none'],
  ]
}
