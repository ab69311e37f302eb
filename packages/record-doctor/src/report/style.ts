/** The report's style sheet, that of face-verify's: system fonts, light and dark by the reader's setting, ink-saving in print. */
export const STYLE = `
:root { color-scheme: light dark; --paper: #fbfbfa; --card: #fff; --ink: #1b1f24; --soft: #5b6470; --line: #e2e4e8;
  --same: #1769c4; --different: #c2560c; --wrong: #b3261e; --wrong-paper: #fdecea }
@media (prefers-color-scheme: dark) { :root { --paper: #14171b; --card: #1c2026; --ink: #e8eaed; --soft: #9aa4b1;
  --line: #313842; --same: #6cb0ff; --different: #ff9f5a; --wrong: #ff8a80; --wrong-paper: #43211f } }
@media print { :root { color-scheme: light; --paper: #fff; --card: #fff; --ink: #000; --soft: #444; --line: #ccc;
  --same: #1769c4; --different: #c2560c; --wrong: #b3261e; --wrong-paper: #fff } }
* { box-sizing: border-box }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI",
  "Liberation Sans", sans-serif; font-variant-numeric: tabular-nums }
main { max-width: 1120px; margin: 0 auto; padding: 48px 24px 64px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 4px }
h2 { font-size: 19px; line-height: 1.3; margin: 0 } h2 small { color: var(--soft); font-weight: 400; font-size: 14px; margin-left: 8px }
p { margin: 0 } header p, section > p, footer { color: var(--soft); font-size: 14px }
header p { font-size: 16px; overflow-wrap: anywhere } section > p { max-width: 75ch } section > p b { color: var(--ink); font-weight: 600 }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(180px, 1fr)); gap: 12px; margin: 28px 0 12px }
.figures div, section { background: var(--card); border: 1px solid var(--line); border-radius: 10px }
.figures div { padding: 14px 18px } section { margin: 0 0 12px; padding: 18px 20px; min-width: 0 }
dt { color: var(--soft); font-size: 14px } dd { margin: 0 } dd b { font-size: 26px; font-weight: 600; letter-spacing: -.01em }
dd span { display: block; color: var(--soft); font-size: 14px }
.harmful { border-left: 4px solid var(--wrong) } .clean { border-left: 4px solid var(--same) }
table { border-collapse: collapse; width: 100%; font-size: 14px; margin-top: 10px }
th, td { text-align: right; padding: 5px 8px; border-top: 1px solid var(--line); white-space: nowrap }
th:first-child { text-align: left; white-space: normal } thead th { color: var(--soft); font-weight: 500; border-top: 0 }
tbody th { font-weight: 500 } td.zero, .zero th { color: var(--soft); font-weight: 400 } .scroll { overflow-x: auto }
a { color: var(--same) }
.findings { list-style: none; margin: 14px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 16px 18px; align-items: flex-start }
.findings > li { break-inside: avoid; min-width: 0; max-width: 100% }
.faces { display: flex; flex-wrap: wrap; gap: 3px }
.faces figure { margin: 0; width: 112px } .faces img, .faces i { display: block; width: 112px; height: 112px; object-fit: contain; border-radius: 5px; background: var(--line) }
.faces i { display: grid; place-items: center; text-align: center; color: var(--soft); font-size: 12px; font-style: normal; padding: 6px }
figcaption { color: var(--soft); font-size: 12px; line-height: 1.3; margin-top: 3px; overflow-wrap: anywhere }
.labels-differ figcaption b { color: var(--wrong); background: var(--wrong-paper); border-radius: 4px; padding: 0 4px }
figcaption b { font-weight: 600 } figcaption .test { color: var(--different); font-weight: 600 }
.findings p { font-size: 14px; line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere } .findings p span { color: var(--soft) }
.plain { margin: 10px 0 0; padding-left: 20px; font-size: 14px } .more { margin-top: 14px }
footer { margin-top: 20px } footer p + p { margin-top: 6px }
@media print { body { font-size: 12px } main { padding: 0; max-width: none } .figures div { break-inside: avoid; padding: 8px 12px }
  .figures { grid-template-columns: repeat(5, 1fr); margin-top: 16px } dd b { font-size: 20px } h2 { break-after: avoid }
  table { font-size: 10px } dt, dd span, section > p, .findings p, footer { font-size: 11px }
  .faces img, .labels-differ figcaption b { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
