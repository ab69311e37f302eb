import { escaped } from './escape.js'
import { STYLE } from './style.js'

/**
 * A self-contained page: style and charts inline, pictures as data URIs, no scripts, nothing fetched. The reader's browser holds it to that,
 * whatever may have found its way into the body.
 *
 * @param options.title plain text
 * @param options.style what the report has beside the style that all share
 * @param options.body HTML; header, sections and footer
 */
export function page({ title, style = '', body }: { title: string; style?: string; body: string }): string {
  return `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${escaped(title)}</title>
<style>${STYLE}${style}</style>
<main>
${body}
</main>
</html>
`
}

/** A figure at the head of a report, in HTML. */
export type Figure = readonly [name: string, value: string, remark: string]

/** The figures that sum a report up, side by side. */
export function figureList(figures: readonly Figure[]): string {
  const items = figures.map(
    ([name, value, remark]) => `<div><dt>${name}</dt><dd><b>${value}</b><span>${remark}</span></dd></div>`,
  )
  return `<dl class="figures">${items.join('')}</dl>`
}
