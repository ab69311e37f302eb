/** The heads by name: what a configuration says, and how it is computed. */
import { gatherFromRanks } from '@tiny-face/tfjs-compiler'
import type { Scope } from '../scope.js'
import { type Adaface, adaface } from './adaface.js'
import { type Arcface, arcface } from './arcface.js'
import { type Combined, combined } from './combined.js'
import { type Cosface, cosface } from './cosface.js'
import type { EmbeddedBatch, HeadResult } from './margin-softmax.js'
import { type Subcentre, subcentre } from './subcentre.js'

/** Plain JSON: config.json holds it as it is. */
export type HeadConfig =
  | ({ readonly kind: 'arcface' } & Arcface)
  | ({ readonly kind: 'cosface' } & Cosface)
  | ({ readonly kind: 'combined' } & Combined)
  | ({ readonly kind: 'adaface' } & Adaface)
  | ({ readonly kind: 'subcentre' } & Subcentre)

/**
 * The loss of a batch of embeddings. Its variables are `head/centres`, `[classes * K, size]`, and the head's running statistics; all
 * names begin with `head/`.
 */
export function evaluateHead(net: Scope, own: EmbeddedBatch, head: HeadConfig): HeadResult {
  const batch = ofAllRanks(own)
  switch (head.kind) {
    case 'arcface':
      return arcface(net, batch, head)
    case 'cosface':
      return cosface(net, batch, head)
    case 'combined':
      return combined(net, batch, head)
    case 'adaface':
      return adaface(net, batch, head)
    case 'subcentre':
      return subcentre(net, batch, head)
  }
}

/** Each rank compares the embeddings of all with the centres that it has. */
function ofAllRanks({ embeddings, share, ...batch }: EmbeddedBatch): EmbeddedBatch {
  return { ...batch, share, embeddings: share ? gatherFromRanks(embeddings, share) : embeddings }
}

/** How many centres a head has for one identity. */
export function centresOfIdentity(head: HeadConfig): number {
  return head.kind === 'subcentre' ? head.centres : 1
}
