import { basename } from 'node:path'
import { escaped, type Figure, figureList, grouped, page } from '@tiny-face/report-page'
import type { Examination } from '../examine-dataset.js'
import { type Finding, type FindingKind, lookedFor } from '../findings/finding.js'
import { KIND_TEXTS } from '../findings/finding-text.js'
import { MAX_HASH_DISTANCE, MAX_LOOK_ALIKE_DISTANCE } from '../look-alikes/find-look-alikes.js'
import type { PictureStore } from '../picture-store.js'
import { findingCard, PageGallery } from './finding-card.js'
import { heading } from './findings-table.js'
import { leaveOutList } from './leave-out-list.js'
import { STYLE } from './style.js'

/** Findings of each kind that the page shows. */
export const SHOWN_FINDINGS = 24

export interface DatasetCheck {
  examination: Examination
  store: PictureStore
  /** What the dataset is, for the heading. */
  source?: string | undefined
}

/**
 * An examination as one self-contained HTML page: style inline, pictures as data URIs, no scripts, nothing fetched. The same
 * examination gives the same bytes.
 */
export function datasetCheckPage({ examination, store, source }: DatasetCheck): string {
  const gallery = new PageGallery(store)
  // A path says where on whose machine the dataset lies, which is not for those who are shown the page.
  const name = source === undefined ? undefined : basename(source)
  const kinds = lookedFor(examination).map(kind => ({
    kind,
    findings: examination.findings.filter(finding => finding.kind === kind),
  }))
  const sections = kinds
    .filter(({ findings }) => findings.length > 0)
    .map(({ kind, findings }) => section(examination, kind, findings, gallery))
  const body = `<header>
<h1>Dataset check</h1>
<p>${name === undefined ? '' : `${escaped(name)} · `}${escaped(heading(examination))}</p>
</header>
${headFigures(examination)}
${overview(kinds)}
${sections.join('\n')}
<footer>
<p>Pictures look alike when at most ${MAX_HASH_DISTANCE} of 64 bits of their hashes differ and their distance, 0 for the same structure and about 1
for two pictures taken at random, is at most ${MAX_LOOK_ALIKE_DISTANCE}.</p>
<p>Faces are biometric data: pass this page on only to those who may see the pictures in it.</p>
</footer>`
  const title = name === undefined ? 'Dataset check' : `Dataset check: ${name}`
  return page({ title, style: STYLE, body })
}

function headFigures({ images, people, usualSize, tests, from, findings }: Examination): string {
  const figures: Figure[] = [
    ['Images', grouped(images), usualSize === undefined ? 'none decodes' : `most of them ${escaped(usualSize)}`],
    ['People', grouped(people), people === 0 ? 'no labels' : imagesEach(images, people)],
    ['Findings', grouped(findings.length), findings.length === 0 ? 'nothing to repair' : 'the most harmful first'],
  ]
  if (tests.length > 0)
    figures.splice(2, 0, [
      'Test images',
      grouped(from),
      `in ${tests.length === 1 ? 'one set' : `${tests.length} sets`}`,
    ])
  return figureList(figures)
}

function imagesEach(images: number, people: number): string {
  if (people === 1) return 'all of one person'
  const mean = images / people
  return mean === 1
    ? '1 image each'
    : `${Number.isInteger(mean) ? mean : mean.toFixed(1)} images each${images % people === 0 ? '' : ' on average'}`
}

function overview(kinds: { kind: FindingKind; findings: Finding[] }[]): string {
  const rows = kinds.map(({ kind, findings }) => {
    const { title } = KIND_TEXTS[kind]
    const images = findings.reduce((sum, { rows }) => sum + rows.length, 0)
    if (findings.length === 0)
      return `<tr class="zero"><th scope="row">${title} <code>${kind}</code></th><td class="zero">0</td><td></td></tr>`
    const name = `<a href="#${kind}">${title}</a> <code>${kind}</code>`
    return `<tr><th scope="row">${name}</th><td>${grouped(findings.length)}</td><td>${images === 0 ? '' : grouped(images)}</td></tr>`
  })
  const clean = kinds.every(({ findings }) => findings.length === 0)
  return `<section${clean ? ' class="clean"' : ''}>
<h2>What was looked for</h2>
<div class="scroll"><table>
<thead><tr><th scope="col">Kind</th><th scope="col">Findings</th><th scope="col">Images</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>
</section>`
}

const HARMFUL: readonly FindingKind[] = ['two-labels', 'test-overlap']

function section(examination: Examination, kind: FindingKind, findings: Finding[], gallery: PageGallery): string {
  const { title, meaning, advice } = KIND_TEXTS[kind]
  const shown = findings.slice(0, SHOWN_FINDINGS)
  const cards = shown.map(finding => findingCard(examination, finding, gallery))
  const more =
    findings.length > shown.length
      ? `\n<p class="more">and ${grouped(findings.length - shown.length)} more: --json lists all.</p>`
      : ''
  return `<section id="${kind}"${HARMFUL.includes(kind) ? ' class="harmful"' : ''}>
<h2>${title}<small>${grouped(findings.length)}</small> <code>${kind}</code></h2>
<p>${meaning} <b>${advice}</b></p>${leaveOutList(examination, findings)}
<ul class="findings">
${cards.join('\n')}
</ul>${more}
</section>`
}
