import { html, type TemplateResult } from 'lit-html'

/**
 * A slider that says what another threshold would.
 *
 * @param given what face-web was told to begin with; null where it was not
 */
export function thresholdView(
  threshold: number,
  given: number | null,
  change: (threshold: number) => void,
): TemplateResult {
  const slide = (event: Event) => change(Number((event.target as HTMLInputElement).value))
  return html`<label class="threshold">
    Threshold <input type="range" min="0" max="1" step="0.005" .value=${String(threshold)} @input=${slide}>
    <output>${threshold.toFixed(3)}</output>
    <span class="soft">${given === null ? 'not calibrated: names are guesses' : `given: ${given.toFixed(3)}`}</span>
  </label>`
}
