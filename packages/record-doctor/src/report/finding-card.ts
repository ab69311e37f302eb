import { imageFormat } from '@tiny-face/image-stream'
import { escaped } from '@tiny-face/report-page'
import type { Examination } from '../examine-dataset.js'
import type { Finding } from '../findings/finding.js'
import { findingText, labelName, likenessText, pictureName } from '../findings/finding-text.js'
import type { PictureStore } from '../picture-store.js'

/** Pictures shown of one finding. */
const SHOWN = 8

/** Larger pictures are left out of the page, and those that come when it holds so much. */
export const MAX_PICTURE_BYTES = 1 << 20
export const MAX_PAGE_PICTURE_BYTES = 32 << 20

/** Finds the pictures of a page's findings, as long as there is room for them. */
export class PageGallery {
  readonly #store: PictureStore
  #bytes = 0

  constructor(store: PictureStore) {
    this.#store = store
  }

  /** The picture as an `img`, or what stands for one. */
  picture(row: number, name: string): string {
    const size = this.#store.size(row)
    if (size === 0) return '<i>no picture</i>'
    if (size > MAX_PICTURE_BYTES || this.#bytes + size > MAX_PAGE_PICTURE_BYTES) return '<i>too large to show</i>'
    const bytes = this.#store.read(row)
    const format = imageFormat(bytes)
    if (format !== 'jpeg' && format !== 'png') return '<i>no JPEG or PNG</i>'
    this.#bytes += size
    return `<img src="data:image/${format};base64,${Buffer.from(bytes).toString('base64')}" alt="${escaped(name)}">`
  }
}

/** One finding: its pictures side by side, each with its id and label, and what ties them together. */
export function findingCard(examination: Examination, finding: Finding, gallery: PageGallery): string {
  const { kind, rows, links } = finding
  if (rows.length === 0) return `<li><p>${escaped(findingText(examination, finding))}</p></li>`
  // A test set's picture stands beside the dataset's that it is like.
  const all = kind === 'test-overlap' ? links!.flatMap(({ a, b }) => [a, b]) : rows
  const shown = all.slice(0, SHOWN)
  const faces = shown.map(row => face(examination, row, gallery))
  const more = all.length > shown.length ? ` <span>and ${all.length - shown.length} more pictures</span>` : ''
  const caption = captionOf(examination, finding)
  return `<li${kind === 'two-labels' ? ' class="labels-differ"' : ''}><div class="faces">${faces.join('')}</div>
${caption === '' && more === '' ? '' : `<p>${escaped(caption)}${more}</p>`}</li>`
}

function captionOf(examination: Examination, finding: Finding): string {
  const { kind, label, reason, links } = finding
  if (kind === 'test-overlap') return `${labelName(examination, label)}: ${likenessText(finding)}`
  if (kind === 'few-images') return labelName(examination, label)
  return links === undefined ? (reason ?? '') : likenessText(finding)
}

function face(examination: Examination, row: number, gallery: PageGallery): string {
  const name = pictureName(examination, row)
  const isTest = row < examination.from
  const caption = isTest
    ? `<span class="test">${escaped(name)}</span>`
    : `${escaped(name)}<br><b>${escaped(labelName(examination, examination.table.label(row)))}</b>`
  return `<figure>${gallery.picture(row, name)}<figcaption>${caption}</figcaption></figure>`
}
