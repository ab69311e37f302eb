/** What of a step is a rank's own: a part of each batch, and the centres of some identities. */
import type { HeadShare } from '@tiny-face/arcface-model'
import type { Job } from '@tiny-face/mpi-session'

export interface OwnShare extends HeadShare {
  /** Identities whose centres the rank has: `first` and those after it. */
  readonly classes: number
}

type Place = Pick<Job, 'rank' | 'ranks'>

/** The identities of a rank: each has as many, to one, in their order. */
export function ownShare({ classes: allClasses }: { readonly classes: number }, { rank, ranks }: Place): OwnShare {
  const firstOf = (rank: number) => Math.floor((rank * allClasses) / ranks)
  const first = firstOf(rank)
  return { rank, ranks, first, classes: firstOf(rank + 1) - first, allClasses }
}

/** Identities as places among a rank's own; -1 for those of others. */
export function ownLabels(labels: Int32Array, { first, classes }: OwnShare): Int32Array {
  return labels.map(label => (label >= first && label < first + classes ? label - first : -1))
}

/**
 * The images of a batch that a rank computes. Where a step is computed in parts, each rank has as many of each, so that a part is the same
 * images on any number of ranks.
 */
export function ownRecords<T extends Uint32Array>(batch: T, parts: number, { rank, ranks }: Place): T {
  const ofPart = batch.length / parts
  const own = ofPart / ranks
  const place = (i: number) => Math.floor(i / own) * ofPart + rank * own + (i % own)
  return Uint32Array.from({ length: batch.length / ranks }, (_, i) => batch[place(i)]!) as T
}
