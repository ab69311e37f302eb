/** The heads by name: what a configuration says, and how it is computed. */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core'
import type { Scope } from '../scope.js'
import { type Adaface, adaface } from './adaface.js'
import { type Arcface, arcface } from './arcface.js'
import { type Combined, combined } from './combined.js'
import { type Cosface, cosface } from './cosface.js'
import type { HeadResult } from './margin-softmax.js'
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
 *
 * @param embeddings `[batch, size]`, not normalised
 * @param labels int32 `[batch]`, 0 … classes - 1
 */
export function evaluateHead(
  net: Scope,
  embeddings: Tensor2D,
  labels: Tensor1D,
  classes: number,
  head: HeadConfig,
): HeadResult {
  const batch = { embeddings, labels, classes }
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

/** How many centres a head has for one identity. */
export function centresOfIdentity(head: HeadConfig): number {
  return head.kind === 'subcentre' ? head.centres : 1
}
