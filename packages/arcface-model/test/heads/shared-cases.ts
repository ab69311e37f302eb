/** What the ranks of shared-head.test.ts compute, and the test against which. */
import type { HeadConfig } from '../../src/index.js'
import { ANGLES, CLASSES, drawBatch } from './check-head.js'

export const HEADS: readonly HeadConfig[] = [
  { kind: 'arcface', margin: 0.5, scale: 16 },
  { kind: 'cosface', margin: 0.35, scale: 16 },
  { kind: 'combined', margins: [1, 0.3, 0.2], scale: 16 },
  { kind: 'adaface', margin: 0.4, h: 0.333, decay: 0.99, scale: 16 },
  { kind: 'subcentre', centres: 3, margin: 0.5, scale: 16 },
]

/** Twelve images: two ranks or three have as many each. */
export const batchFor = (head: HeadConfig) => drawBatch(head, [...ANGLES, 0.7], 5)

/** Seven identities: not all ranks have as many. */
export function shareFor(rank: number, ranks: number) {
  const firstOf = (rank: number) => Math.floor((rank * CLASSES) / ranks)
  const first = firstOf(rank)
  return { rank, ranks, first, classes: firstOf(rank + 1) - first, allClasses: CLASSES }
}
