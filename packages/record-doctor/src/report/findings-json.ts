import type { RecordId } from '@tiny-face/safe-files'
import type { Examination } from '../examine-dataset.js'
import { type Finding, lookedFor } from '../findings/finding.js'
import { leaveOut } from '../findings/leave-out.js'

/**
 * An examination as JSON, piece by piece: one object with a finding on each line, so that any number of them is written in little
 * memory and read by line.
 */
export function* findingsJson(examination: Examination): Generator<string> {
  const { images, people, usualSize, tests, findings } = examination
  const kinds = lookedFor(examination).map(kind => [kind, findings.filter(finding => finding.kind === kind).length])
  const head = JSON.stringify({
    images,
    people,
    usual_size: usualSize ?? null,
    tests: tests.map(({ file, from, to }) => ({ file, images: to - from })),
    counts: Object.fromEntries(kinds),
  })
  yield `${head.slice(0, -1)},"findings":[`
  for (const [i, finding] of findings.entries()) {
    yield `${i === 0 ? '' : ','}\n${JSON.stringify(findingJson(examination, finding))}`
  }
  yield '\n]}\n'
}

function findingJson(examination: Examination, finding: Finding) {
  const { table, tests, from } = examination
  const out = leaveOut(examination, finding)
  const { kind, reason, label, last, test, rows, links } = finding
  return {
    kind,
    reason,
    label,
    last,
    test: test === undefined ? undefined : tests[test]!.file,
    images: rows.map(row => {
      const set = tests.find(({ to }) => row < to)
      const place = { index: row - (set?.from ?? from), id: jsonId(table.id(row)), label: table.label(row) }
      return set === undefined ? place : { ...place, test: set.file }
    }),
    links: links?.map(({ a, b, likeness, distance }) => ({
      a: jsonId(table.id(a)),
      b: jsonId(table.id(b)),
      likeness,
      distance,
    })),
    leave_out: out !== undefined && 'ids' in out ? { ids: out.ids.map(jsonId) } : out,
  }
}

/** JSON has no whole numbers beyond doubles: those become text. */
function jsonId(id: RecordId | undefined): number | string | undefined {
  return typeof id === 'bigint' ? String(id) : id
}
