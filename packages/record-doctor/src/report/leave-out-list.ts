import { escaped, grouped } from '@tiny-face/report-page'
import type { RecordId } from '@tiny-face/safe-files'
import type { Examination } from '../examine-dataset.js'
import type { Finding } from '../findings/finding.js'
import { inRanges, leaveOut } from '../findings/leave-out.js'

/** Lines of a list on the page; a longer one is left to --json. */
export const MAX_LISTED = 10_000

/** What record-select takes to leave the pictures or people of these findings out, folded away; empty where only eyes can decide. */
export function leaveOutList(examination: Examination, findings: readonly Finding[]): string {
  const out = findings.flatMap(finding => leaveOut(examination, finding) ?? [])
  const labels = new Set(out.flatMap(each => ('labels' in each ? each.labels : [])))
  const ids = new Set(out.flatMap(each => ('ids' in each ? each.ids : [])))
  if (labels.size > 0) {
    return folded(`${grouped(labels.size)} ${labels.size === 1 ? 'label' : 'labels'} to leave out`, [
      `record-select --except ${inRanges([...labels]).join(',')} --renumber`,
    ])
  }
  if (ids.size === 0) return ''
  return folded(
    `${grouped(ids.size)} ${ids.size === 1 ? 'id' : 'ids'} to leave out, for a file FILE: record-select --except-ids @FILE`,
    idLines([...ids]),
  )
}

/** Numbers in ranges, then names; a name of several lines cannot stand in a list of lines. */
function idLines(ids: readonly RecordId[]): string[] {
  const numbers = ids.filter(id => typeof id === 'number')
  const names = ids.filter(id => typeof id !== 'number').map(String)
  return [...inRanges(numbers), ...names.filter(name => !/[\r\n]/.test(name))]
}

function folded(summary: string, lines: readonly string[]): string {
  const text = lines.length > MAX_LISTED ? 'too many to list here: --json has all (leave_out)' : lines.join('\n')
  return `\n<details><summary>${summary}</summary><pre>${escaped(text)}</pre></details>`
}
