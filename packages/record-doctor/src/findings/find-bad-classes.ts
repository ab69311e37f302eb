import type { PictureTable } from '../picture-table.js'
import type { Finding } from './finding.js'

export interface ClassOptions {
  /** The first row of the dataset. */
  from: number
  /** How many classes the dataset says it has; labels are 0 … classes - 1. Without it, the largest label ends them. */
  classes?: number | undefined
  /** Fewest pictures that a class should have. */
  minImages: number
}

/** Classes with few pictures or none, and labels beyond the last class. */
export function findBadClasses(table: PictureTable, options: ClassOptions): { people: number; findings: Finding[] } {
  const { from, minImages } = options
  const counts = new Map<number, number>()
  for (let row = from; row < table.count; row++) {
    const label = table.label(row)
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const labels = Float64Array.from(counts.keys()).sort()
  const classes = options.classes ?? (labels.at(-1) ?? -1) + 1
  const bad = new Map<number, Finding>()
  for (const label of labels) {
    if (label >= classes) {
      bad.set(label, { kind: 'bad-label', rows: [], label, reason: `label ${label} of ${classes} classes` })
    } else if (counts.get(label)! < minImages) bad.set(label, { kind: 'few-images', rows: [], label })
  }
  if (bad.size > 0) {
    for (let row = from; row < table.count; row++) bad.get(table.label(row) ?? -1)?.rows.push(row)
  }
  return { people: labels.length, findings: [...bad.values(), ...gaps(labels, classes)] }
}

/** Runs of labels that no picture has. */
function gaps(labels: Float64Array, classes: number): Finding[] {
  const findings: Finding[] = []
  let next = 0
  for (const label of [...labels.filter(label => label < classes), classes]) {
    if (label > next) findings.push({ kind: 'empty-label', rows: [], label: next, last: label - 1 })
    next = label + 1
  }
  return findings
}
