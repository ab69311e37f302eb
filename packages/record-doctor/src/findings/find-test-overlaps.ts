import type { TestSet } from '../examine-dataset.js'
import type { PictureTable } from '../picture-table.js'
import type { Finding, Link } from './finding.js'

/** A finding for each person and test set that have a picture in common. */
export function findTestOverlaps(links: readonly Link[], tests: readonly TestSet[], table: PictureTable): Finding[] {
  const findings = new Map<string, Finding & { links: NonNullable<Finding['links']> }>()
  for (const link of links) {
    const test = tests.findIndex(({ to }) => link.b < to)
    const label = table.label(link.a)
    const key = `${test} ${label}`
    const finding = findings.get(key) ?? {
      kind: 'test-overlap',
      rows: [],
      links: [],
      test,
      ...(label === undefined ? {} : { label }),
    }
    findings.set(key, finding)
    finding.rows.push(link.a)
    finding.links.push(link)
  }
  return [...findings.values()]
}
