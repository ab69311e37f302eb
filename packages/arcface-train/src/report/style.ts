/** What the report has beside the style that all reports share. */
export const STYLE = `
circle { fill: currentColor }
figcaption p { overflow-wrap: anywhere }
section { margin: 12px 0 } .columns section { margin: 0 }
.columns > section:last-child:nth-child(odd) { grid-column: 1 / -1 } section > p { margin-top: 10px } tbody th { white-space: normal; overflow-wrap: anywhere; min-width: 9em }
@media print { circle { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
`
