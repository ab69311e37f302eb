/** The style that all reports share: system fonts, light and dark by the reader's setting, ink-saving in print. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fbfbfa; --card: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #e2e4e8;
  --same: #1769c4; --different: #c2560c; --wrong: #b3261e; --wrong-paper: #fdecea;
  --colour-0: #1769c4; --colour-1: #c2560c; --colour-2: #2b8a3e; --colour-3: #8e44ad; --colour-4: #0b8a8f; --colour-5: #a67c00 }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1c2026; --ink: #e8eaed; --soft: #9aa4b1;
  --line: #313842; --same: #6cb0ff; --different: #ff9f5a; --wrong: #ff8a80; --wrong-paper: #43211f;
  --colour-0: #6cb0ff; --colour-1: #ff9f5a; --colour-2: #69d27f; --colour-3: #cf9bea; --colour-4: #58d0d5; --colour-5: #e3b93c } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
  --same: #1769c4; --different: #c2560c; --wrong: #b3261e; --wrong-paper: #fff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums }
main { max-width: 1120px; margin: 0 auto; padding: 48px 24px 64px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 4px }
h2 { font-size: 19px; line-height: 1.3; margin: 0 } h3 { font-size: 16px; margin: 24px 0 0 }
p { margin: 0 } header p, figcaption p, section > p, footer { color: var(--soft); font-size: 14px }
header p { font-size: 16px; overflow-wrap: anywhere }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin: 28px 0 12px }
.figures div, figure, section, .notes { background: var(--card); border: 1px solid var(--line); border-radius: 10px }
.figures div { padding: 14px 18px }
dt { color: var(--soft); font-size: 14px } dd { margin: 0 } dd b { font-size: 26px; font-weight: 600; letter-spacing: -.01em }
dd span { display: block; color: var(--soft); font-size: 14px }
.notes { margin: 0; padding: 12px 18px 12px 36px; font-size: 14px; border-left: 4px solid var(--different) }
.notes li + li { margin-top: 6px }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(480px, 100%), 1fr)); gap: 12px; margin: 12px 0 }
figure, section { margin: 0; padding: 18px 20px; min-width: 0 }
svg { display: block; width: 100%; height: auto; margin-top: 8px; overflow: visible }
svg text { fill: var(--soft); font-size: 13px } svg .label { fill: var(--ink); font-weight: 600; paint-order: stroke;
  stroke: var(--card); stroke-width: 4px; stroke-linejoin: round }
.grid { stroke: var(--line) } .axis { stroke: var(--soft); stroke-width: 1.5 }
.colour-0 { color: var(--colour-0) } .colour-1 { color: var(--colour-1) } .colour-2 { color: var(--colour-2) }
.colour-3 { color: var(--colour-3) } .colour-4 { color: var(--colour-4) } .colour-5 { color: var(--colour-5) }
.curve { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round } .dashed .curve, .curve.dashed { stroke-dasharray: 7 5 }
.band { fill: currentColor; fill-opacity: .2 }
.key span { overflow-wrap: anywhere } .key .line { display: inline-block; width: 22px; border-top: 2.5px solid; vertical-align: middle; margin-right: 6px }
.dashed .line { border-top-style: dashed }
.key { display: flex; flex-wrap: wrap; gap: 0 18px; font-size: 14px; margin-top: 6px }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin-top: 10px }
th, td { text-align: right; padding: 5px 8px; border-top: 1px solid var(--line); white-space: nowrap }
th:first-child { text-align: left } thead th { color: var(--soft); font-weight: 500; border-top: 0 }
tbody th { font-weight: 500 } tfoot th, tfoot td { border-top: 2px solid var(--line); font-weight: 600 } .zero { color: var(--soft) }
.scroll { overflow-x: auto } .scroll:focus-visible { outline: 2px solid var(--same); outline-offset: 2px }
.settings { columns: 2 420px; column-gap: 32px; margin: 10px 0 0 } .settings div { display: flex; gap: 12px; justify-content: space-between;
  padding: 5px 0; border-top: 1px solid var(--line); font-size: 14px; break-inside: avoid }
.settings dt { white-space: nowrap } .settings dd { text-align: right; min-width: 0; overflow-wrap: anywhere }
footer { margin-top: 20px } footer p + p { margin-top: 6px }
@media print { body { font-size: 12px } main { padding: 0; max-width: none } figure, section, .figures div { break-inside: avoid }
  table { font-size: 10px } th, td { padding: 3px 4px } .figures { grid-template-columns: repeat(5, 1fr); margin-top: 16px }
  .figures div { padding: 8px 12px } dd b { font-size: 20px } h2, h3 { break-after: avoid } .columns { grid-template-columns: 1fr 1fr }
  .settings div { font-size: 10px; padding: 3px 0 } .band { print-color-adjust: exact; -webkit-print-color-adjust: exact }
  dt, dd span, figcaption p, section > p, .key, .notes, footer { font-size: 11px } }
`
