import {
  centresOfIdentity,
  centresVariable,
  type HeadConfig,
  initialState,
  type Optimiser,
  type Step,
} from '@tiny-face/arcface-model'
import { sizeOf, type TypedValues } from '@tiny-face/tfjs-compiler'
import type { NamedTensor } from '@tiny-face/weight-files'
import type { OwnShare } from '../ranks/own-share.js'

type Variables = Step['variables']

/** The centres of all identities, or of a rank's own, and what an optimiser keeps for each of them: what a store holds. */
export function centreVariables(
  { embeddingSize, classes, head }: { embeddingSize: number; classes: number; head: HeadConfig },
  optimiser: Pick<Optimiser, 'init'>,
  share?: OwnShare,
): Variables {
  const centres = centresVariable(embeddingSize, share?.classes ?? classes, centresOfIdentity(head), share)
  // What has another shape, a count of steps say, is no centre's own and stays in the step.
  const own = optimiser.init([centres]).filter(({ shape }) => shape.join() === centres.shape.join())
  return [centres, ...own]
}

/**
 * The centres of more identities than a step computes with, outside of the step: each step is given the rows of its own identities, and
 * gives them back changed. One array a tensor, of any length that memory has room for; the rows of one identity follow each other.
 */
export class CentreStore {
  /** The arrays themselves, not copies: what a checkpoint holds, and what a store begins with when a run goes on. */
  readonly tensors: ReadonlyMap<string, NamedTensor>
  readonly #classes: number
  readonly #gathered = new Map<string, Float32Array>()

  /** @param tensors are used and changed, not copied; the first extent of each is a multiple of `classes` */
  constructor(classes: number, tensors: ReadonlyMap<string, NamedTensor>) {
    for (const [name, { shape, values }] of tensors) {
      if (values.length !== sizeOf(shape) || shape[0]! % classes !== 0)
        throw new Error(`${name}: expected rows of ${classes} identities, found ${values.length} values of [${shape}]`)
    }
    this.#classes = classes
    this.tensors = tensors
  }

  /** As the dense head would begin with the same seed. */
  static initial(classes: number, variables: Variables, seed: number): CentreStore {
    const values = initialState({ variables }, seed)
    return new CentreStore(
      classes,
      new Map(variables.map(({ name, shape }) => [name, { shape, values: values[name]! }])),
    )
  }

  /** The rows of some identities, one after another, by the tensors' names; they hold until the next call. */
  gather(identities: Int32Array): Record<string, Float32Array> {
    const gathered: Record<string, Float32Array> = {}
    for (const [name, { values }] of this.tensors) {
      const width = values.length / this.#classes
      // The same array each time: new ones, of 20 MB each for 10,000 centres, would be garbage faster than it is collected.
      let rows = this.#gathered.get(name)
      if (rows?.length !== identities.length * width) {
        rows = new Float32Array(identities.length * width)
        this.#gathered.set(name, rows)
      }
      for (const [place, identity] of identities.entries())
        rows.set(values.subarray(identity * width, (identity + 1) * width), place * width)
      gathered[name] = rows
    }
    return gathered
  }

  /** Puts changed rows back where `gather` of the same identities took them. */
  scatter(identities: Int32Array, changed: Readonly<Record<string, TypedValues>>): void {
    for (const [name, { values }] of this.tensors) {
      const width = values.length / this.#classes
      const rows = changed[name]
      if (rows?.length !== identities.length * width)
        throw new Error(`${name}: expected ${identities.length} rows of ${width}, found ${rows?.length} values`)
      for (const [place, identity] of identities.entries())
        values.set(rows.subarray(place * width, (place + 1) * width), identity * width)
    }
  }
}
