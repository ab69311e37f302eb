import type { Examination, FindingKind } from '../src/index.js'
import { findingsJson } from '../src/index.js'

interface PlainFinding {
  kind: FindingKind
  ids: unknown[]
  links?: unknown[][]
  label?: unknown
  last?: unknown
  test?: unknown
  reason?: unknown
}

/** The findings as their JSON, each by its kind, pictures by id, and what else is said of it. */
export function plainFindings(examination: Examination) {
  const { findings } = JSON.parse([...findingsJson(examination)].join('')) as { findings: Record<string, unknown>[] }
  return findings.map(
    ({ kind, images, links, leave_out, ...rest }): PlainFinding => ({
      kind: kind as FindingKind,
      ids: (images as { id: unknown }[]).map(({ id }) => id),
      ...(links === undefined
        ? {}
        : {
            links: (links as { a: unknown; b: unknown; likeness: string }[]).map(({ a, b, likeness }) => [
              a,
              b,
              likeness,
            ]),
          }),
      ...rest,
    }),
  )
}
