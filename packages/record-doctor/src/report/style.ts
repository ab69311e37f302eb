/** What the report has beside the style that all reports share. */
export const STYLE = `
h2 small { color: var(--soft); font-weight: 400; font-size: 14px; margin-left: 8px }
section { margin: 0 0 12px } section > p { max-width: 75ch } section > p b { color: var(--ink); font-weight: 600 }
.harmful { border-left: 4px solid var(--wrong) } .clean { border-left: 4px solid var(--same) }
th:first-child { white-space: normal } td.zero, .zero th { color: var(--soft); font-weight: 400 }
a { color: var(--same) }
.findings { list-style: none; margin: 14px 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: 16px 18px; align-items: flex-start }
.findings > li { break-inside: avoid; min-width: 0; max-width: 100% }
.faces { display: flex; flex-wrap: wrap; gap: 3px }
.faces figure { margin: 0; padding: 0; border: 0; background: none; width: 112px }
.faces img, .faces i { display: block; width: 112px; height: 112px; object-fit: contain; border-radius: 5px; background: var(--line) }
.faces i { display: grid; place-items: center; text-align: center; color: var(--soft); font-size: 12px; font-style: normal; padding: 6px }
figcaption { color: var(--soft); font-size: 12px; line-height: 1.3; margin-top: 3px; overflow-wrap: anywhere }
.labels-differ figcaption b { color: var(--wrong); background: var(--wrong-paper); border-radius: 4px; padding: 0 4px }
figcaption b { font-weight: 600 } figcaption .test { color: var(--different); font-weight: 600 }
.findings p { font-size: 14px; line-height: 1.35; margin-top: 4px; overflow-wrap: anywhere } .findings p span { color: var(--soft) }
code { color: var(--soft); font-size: 12px; font-weight: 400 }
details { margin-top: 8px; font-size: 14px } summary { color: var(--soft); cursor: pointer }
pre { max-height: 14em; overflow: auto; margin: 6px 0 0; padding: 8px 10px; background: var(--line); border-radius: 5px; font-size: 12px;
  white-space: pre-wrap; overflow-wrap: anywhere }
.plain { margin: 10px 0 0; padding-left: 20px; font-size: 14px } .more { margin-top: 14px }
@media print { section { break-inside: auto } .findings p { font-size: 11px }
  .faces img, .labels-differ figcaption b { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
