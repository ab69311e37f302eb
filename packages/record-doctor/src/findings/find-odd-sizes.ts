import type { PictureTable } from '../picture-table.js'
import type { Finding } from './finding.js'

/** A finding for each size but the one that most pictures have (of equally common ones the first that came). */
export function findOddSizes(table: PictureTable, from: number): { usual: string | undefined; findings: Finding[] } {
  const counts = new Float64Array(table.sizes.length)
  for (let row = from; row < table.count; row++) counts[table.sizeNumber(row)]!++
  counts[0] = 0
  const most = counts.indexOf(counts.reduce((a, b) => Math.max(a, b)))
  if (most === 0) return { usual: undefined, findings: [] }
  const odd = new Map<number, number[]>()
  for (let row = from; row < table.count; row++) {
    const size = table.sizeNumber(row)
    if (size === 0 || size === most) continue
    if (!odd.has(size)) odd.set(size, [])
    odd.get(size)!.push(row)
  }
  const name = (size: number) => `${table.sizes[size]!.width}x${table.sizes[size]!.height}`
  const findings = [...odd].map(([size, rows]): Finding => ({ kind: 'odd-size', rows, reason: name(size) }))
  return { usual: name(most), findings }
}
