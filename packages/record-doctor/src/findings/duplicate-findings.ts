import type { LookAlikeGroup } from '../look-alikes/find-look-alikes.js'
import type { PictureTable } from '../picture-table.js'
import type { Finding, FindingKind } from './finding.js'

/** A finding for each group of pictures that are alike: under two labels, or duplicates, or a series. */
export function findDuplicates(groups: readonly LookAlikeGroup[], table: PictureTable): Finding[] {
  return groups.map(group => ({ kind: kindOfGroup(group, table), rows: group.rows, links: group.links }))
}

function kindOfGroup({ rows, links, areCopies }: LookAlikeGroup, table: PictureTable): FindingKind {
  const labels = new Set(rows.map(row => table.label(row)))
  labels.delete(undefined)
  if (labels.size > 1) return 'two-labels'
  if (!areCopies) return 'look-alike'
  if (links.some(({ likeness }) => likeness === 'mirrored')) return 'mirrored-duplicate'
  return links.some(({ likeness }) => likeness === 'near') ? 'near-duplicate' : 'exact-duplicate'
}
