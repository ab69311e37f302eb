/** A row of a table: its name, and cells that stand in their order. All are HTML. */
export interface TableRow {
  readonly name: string
  readonly cells: readonly string[]
}

/** A table that scrolls by itself where its card is too narrow. */
export function dataTable({
  head = [],
  rows,
  foot,
}: {
  head?: readonly string[]
  rows: readonly TableRow[]
  foot?: string
}): string {
  const names = head.map(name => `<th scope="col">${name}</th>`)
  const body = rows.map(
    ({ name, cells }) => `<tr><th scope="row">${name}</th>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`,
  )
  return `<div class="scroll" tabindex="0"><table>
${head.length === 0 ? '' : `<thead><tr>${names.join('')}</tr></thead>\n`}<tbody>${body.join('\n')}</tbody>${foot === undefined ? '' : `\n<tfoot>${foot}</tfoot>`}
</table></div>`
}
