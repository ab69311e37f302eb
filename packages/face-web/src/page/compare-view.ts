import { html, nothing, type TemplateResult } from 'lit-html'
import { dropZone } from './drop-zone.js'
import { picture } from './photo-view.js'
import type { Comparison, Photo } from './state.js'

/** Two photos side by side: whether their largest faces are of one person. */
export function compareView(
  { first, second, result, error }: Comparison,
  threshold: number,
  choose: (side: 'first' | 'second', files: readonly File[]) => void,
): TemplateResult {
  const side = (name: 'first' | 'second', photo: Photo | undefined, label: string) =>
    html`<div>${dropZone(label, files => choose(name, files))}${photo ? picture(photo, threshold) : nothing}</div>`
  return html`<section class="compare">
    <h2>Compare two photos</h2>
    <div class="pair">${side('first', first, 'Drop the first')}${side('second', second, 'Drop the second')}</div>
    ${error === undefined ? nothing : html`<p class="wrong" role="alert">${error}</p>`}
    ${first && second && !result && error === undefined ? html`<p class="soft">Comparing…</p>` : nothing}
    ${result ? verdict(result.similarity, threshold) : nothing}
  </section>`
}

function verdict(similarity: number | null, threshold: number): TemplateResult {
  if (similarity === null) return html`<p class="soft" role="status">A photo without a face cannot be compared.</p>`
  const same = similarity > threshold
  return html`<p role="status">
    <strong class=${same ? 'known' : 'stranger'}>${same ? 'One person' : 'Two people'}</strong>
    <span class="soft">similarity ${similarity.toFixed(3)}, threshold ${threshold.toFixed(3)}</span>
  </p>`
}
