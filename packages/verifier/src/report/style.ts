/** What the report has beside the style that all reports share. */
export const STYLE = `
figcaption p { min-height: 42px } thead th { white-space: normal; vertical-align: bottom }
.roc { stroke-width: 2.25 } .grid.dashed { stroke-dasharray: 7 5 }
.meter { display: inline-block; width: 56px; height: 7px; margin-right: 8px; border-radius: 4px; background: var(--line); overflow: hidden }
.meter i { display: block; height: 100%; background: var(--same) }
section > p { margin-top: 8px } .wide { margin: 12px 0 }
.point { fill: var(--card); stroke: var(--ink); stroke-width: 2 } .eer { fill: var(--different); stroke: var(--card) }
.area { stroke-width: 1.5; fill-opacity: .22 } .area.same { fill: var(--same); stroke: var(--same) }
.area.different { fill: var(--different); stroke: var(--different); stroke-dasharray: 5 2 } .cut { fill: var(--ink); fill-opacity: .25; stroke: var(--ink); stroke-width: 1.5 }
.key i.same, .key i.different { display: inline-block; width: 22px; height: 10px; margin-right: 6px; border: 1.5px solid } .key .same { color: var(--same) }
.key .different { color: var(--different); border-style: dashed } .key .same, .key .different { background: color-mix(in srgb, currentColor 22%, transparent) }
.pairs { list-style: none; margin: 12px 0 0; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(200px, 1fr)); gap: 14px 16px }
.pairs li { break-inside: avoid; min-width: 0 } .faces { display: grid; grid-template-columns: 1fr 1fr; gap: 3px; margin-bottom: 5px }
.faces img, .faces i { width: 100%; aspect-ratio: 1; object-fit: cover; border-radius: 5px; background: var(--line) }
.faces i { display: grid; place-items: center; color: var(--soft); font-size: 12px }
.pairs p { font-size: 14px; line-height: 1.35 } .pairs span, .pairs small { color: var(--soft) }
.pairs small { display: block; font-size: 12px; overflow-wrap: anywhere }
.wrong { color: var(--wrong); background: var(--wrong-paper); border-radius: 4px; padding: 0 5px; font-weight: 600 }
@media print { section:last-of-type { break-inside: auto } .pairs { grid-template-columns: repeat(6, 1fr); gap: 8px 10px }
  .pairs p { font-size: 11px } .pairs small { font-size: 9px }
  .meter, .meter i, .area, .faces img, .wrong, .key i { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
