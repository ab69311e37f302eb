import { escaped } from './escape.js'

/** What figures rest on, by name: a section of its own at the foot of a report. Names and values are plain text. */
export function settingsList(settings: readonly (readonly [name: string, value: string])[]): string {
  const items = settings.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`)
  return `<section>
<h2>Settings</h2>
<dl class="settings">${items.join('\n')}</dl>
</section>`
}
