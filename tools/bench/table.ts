/** A line of the result. What a row lacks stays empty. */
export interface Row {
  measure: string
  /** What was found: seconds, bytes, shares. */
  figure: string
  /** Of the one to the other, as the goal has it. */
  ratio?: number
  goal?: string
  met?: boolean
}

/** Rows as a table of Markdown, which a terminal shows well enough. */
export function formatTable(rows: readonly Row[]): string {
  const lines = [
    ['measure', 'figure', 'ratio', 'goal', 'met'],
    ...rows.map(({ measure, figure, ratio, goal = '', met }) => [
      measure,
      figure,
      ratio === undefined ? '' : `${ratio.toFixed(2)}x`,
      goal,
      met === undefined ? '' : met ? 'yes' : 'no',
    ]),
  ]
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map(line => line[column]!.length)))
  const text = lines.map(line => `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`)
  return [text[0]!, `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...text.slice(1)].join('\n')
}
