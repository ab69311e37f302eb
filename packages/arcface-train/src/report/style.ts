/** What the report has beside the style that all reports share. */
export const STYLE = `
:root { --colour-0: #1769c4; --colour-1: #c2560c; --colour-2: #2b8a3e; --colour-3: #8e44ad; --colour-4: #0b8a8f; --colour-5: #a67c00 }
@media (prefers-color-scheme: dark) { :root { --colour-0: #6cb0ff; --colour-1: #ff9f5a; --colour-2: #69d27f; --colour-3: #cf9bea;
  --colour-4: #58d0d5; --colour-5: #e3b93c } }
.colour-0 { color: var(--colour-0) } .colour-1 { color: var(--colour-1) } .colour-2 { color: var(--colour-2) }
.colour-3 { color: var(--colour-3) } .colour-4 { color: var(--colour-4) } .colour-5 { color: var(--colour-5) }
.curve { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round } .dashed .curve { stroke-dasharray: 5 3 }
.band { fill: currentColor; fill-opacity: .2 } circle { fill: currentColor }
figcaption p { overflow-wrap: anywhere }
.key span { overflow-wrap: anywhere } .key i { display: inline-block; width: 22px; border-top: 2.5px solid; vertical-align: middle; margin-right: 6px }
.dashed i { border-top-style: dashed }
section { margin: 12px 0 } .columns section { margin: 0 }
.columns > section:last-child:nth-child(odd) { grid-column: 1 / -1 } section > p { margin-top: 10px } tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 9em }
.settings { columns: 2 420px; column-gap: 32px; margin: 10px 0 0 } .settings div { display: flex; gap: 12px; justify-content: space-between;
  padding: 5px 0; border-top: 1px solid var(--line); font-size: 14px; break-inside: avoid }
.settings dd { text-align: right; min-width: 0; overflow-wrap: anywhere }
@media print { .settings div { font-size: 10px; padding: 3px 0 } .band, circle { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
