import { basename } from 'node:path'
import type { Examination } from '../examine-dataset.js'
import { FINDING_KINDS } from '../findings/finding.js'
import { count, findingText } from '../findings/finding-text.js'

/** Most characters of the example in a line. */
const MAX_EXAMPLE = 120

/** An examination for a terminal: a line for each kind that was found, with the worst one as an example. */
export function findingsTable(examination: Examination): string {
  const lines = [heading(examination)]
  for (const kind of FINDING_KINDS) {
    const findings = examination.findings.filter(finding => finding.kind === kind)
    if (findings.length === 0) continue
    const images = findings.reduce((sum, { rows }) => sum + rows.length, 0)
    const example = oneLine(findingText(examination, findings[0]!))
    lines.push(
      [
        kind.padEnd(19),
        count(findings.length, 'finding').padEnd(15),
        (images === 0 ? '' : count(images, 'image')).padEnd(14),
        example.length > MAX_EXAMPLE ? `${example.slice(0, MAX_EXAMPLE - 1)}…` : example,
      ].join(' '),
    )
  }
  if (examination.findings.length === 0) lines.push('nothing found')
  return `${lines.join('\n')}\n`
}

export function heading({ images, people, usualSize, tests }: Examination): string {
  const dataset = `${count(images, 'image')} of ${count(people, 'person')}${usualSize === undefined ? '' : `, ${usualSize}`}`
  const sets = tests.map(({ file, from, to }) => `${basename(file)} (${count(to - from, 'image')})`)
  return sets.length === 0 ? dataset : `${dataset}; compared with ${sets.join(', ')}`
}

/** Names and ids come from the data: nothing of them may move a terminal's cursor. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�')
}
