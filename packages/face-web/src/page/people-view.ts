import { html, type TemplateResult } from 'lit-html'
import type { EnrolledPerson } from '../answers.js'

/** Who is enrolled, each with a button that deletes them. */
export function peopleView(people: readonly EnrolledPerson[], remove: (person: string) => void): TemplateResult {
  return html`<section class="people">
    <h2 tabindex="-1">People</h2>
    ${people.length === 0 ? html`<p class="soft">Nobody is enrolled. Drop a photo, name a face, and enrol it.</p>` : ''}
    <ul>${people.map(
      ({ person, faces }) => html`<li>
        <span>${person}</span><span class="soft">${faces} ${faces === 1 ? 'face' : 'faces'}</span>
        <button class="quiet" aria-label="Delete ${person}" @click=${() => remove(person)}>Delete</button>
      </li>`,
    )}</ul>
    <datalist id="people">${people.map(({ person }) => html`<option value=${person}></option>`)}</datalist>
  </section>`
}
