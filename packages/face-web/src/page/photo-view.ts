import { html, nothing, svg, type TemplateResult } from 'lit-html'
import type { FoundFace } from '../answers.js'
import type { Photo } from './state.js'

/** Who a face is by the threshold: a name, or undefined. */
export function nameOf({ like }: FoundFace, threshold: number): string | undefined {
  const [best] = like
  return best !== undefined && best.similarity > threshold ? best.person : undefined
}

export interface PhotoActions {
  readonly enrol: (photo: Photo, face: number, person: string) => void
  readonly close: (photo: Photo) => void
}

/** A photo with a box round each face, and below it who each is. */
export function photoView(
  photo: Photo,
  threshold: number,
  people: readonly string[],
  actions: PhotoActions,
): TemplateResult {
  const { found, error } = photo
  return html`<article class="photo">
    <header>
      <h3>${photo.name}</h3>
      <button class="quiet" @click=${() => actions.close(photo)} aria-label="Close ${photo.name}">×</button>
    </header>
    ${picture(photo, threshold)}
    ${error === undefined ? nothing : html`<p class="wrong" role="alert">${error}</p>`}
    ${found === undefined && error === undefined ? html`<p class="soft">Looking for faces…</p>` : nothing}
    ${found?.faces.length === 0 ? html`<p class="soft">No face was found in this picture.</p>` : nothing}
    <ol class="faces">${found?.faces.map((face, i) => faceLine(photo, face, i, threshold, people, actions))}</ol>
  </article>`
}

/** The picture, with boxes in its own pixels drawn over it. */
export function picture({ url, name, found }: Photo, threshold: number): TemplateResult {
  const seen = (event: Event) =>
    (event.target as HTMLElement).parentElement!.classList.toggle('unseen', event.type === 'error')
  return html`<div class="picture">
    <img src=${url} alt=${name} @load=${seen} @error=${seen}>
    ${
      found === undefined
        ? nothing
        : html`<svg viewBox="0 0 ${found.width} ${found.height}" preserveAspectRatio="none" aria-hidden="true">
            ${found.faces.map((face, i) => box(face, i, threshold, found.width))}
          </svg><p class="soft">Browsers cannot show this kind of picture; its faces are below.</p>`
    }
  </div>`
}

function box(face: FoundFace, index: number, threshold: number, width: number): TemplateResult {
  const [x, y, w, h] = face.box
  const known = nameOf(face, threshold) !== undefined
  const dot = width / 250
  return svg`<g class=${known ? 'known' : 'stranger'}>
    <rect x=${x} y=${y} width=${w} height=${h} />
    ${face.points.map(([px, py]) => svg`<circle cx=${px} cy=${py} r=${dot} />`)}
    <text x=${x} y=${y - dot} font-size=${Math.max(width / 32, h / 6)}>${index + 1}</text>
  </g>`
}

function faceLine(
  photo: Photo,
  face: FoundFace,
  index: number,
  threshold: number,
  people: readonly string[],
  { enrol }: PhotoActions,
): TemplateResult {
  const name = nameOf(face, threshold)
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    const input = (event.target as HTMLFormElement).elements.namedItem('person') as HTMLInputElement
    if (input.value.trim() !== '') enrol(photo, index, input.value.trim())
  }
  return html`<li>
    <strong class=${name === undefined ? 'stranger' : 'known'}>${name ?? 'unknown'}</strong>
    <span class="soft">${face.like.map(({ person, similarity }) => `${person} ${similarity.toFixed(3)}`).join(' · ')}</span>
    <form @submit=${submit}>
      <input name="person" list="people" autocomplete="off" placeholder="name" aria-label="Name of face ${index + 1}" .value=${name ?? ''}>
      <button>${name !== undefined && people.includes(name) ? 'Enrol this too' : 'Enrol'}</button>
    </form>
  </li>`
}
