/** How numbers are added up over all ranks, whoever waits for it: the rank itself, or a thread beside it. */
import { fromBfloat16, toBfloat16 } from './bfloat16.js'
import { IN_PLACE, type OpenMpi, type Pointer } from './open-mpi.js'

/** What a sum travels in: bf16 is half of the bytes, and is added up in float32. */
export type WireType = 'f32' | 'bf16'

/** A call of MPI by all ranks, which has ended when it returns. */
export type Collective = (name: 'Allreduce' | 'Alltoall' | 'Allgather', ...args: readonly (number | Pointer)[]) => void

/** Numbers of one call: the library counts in int32. */
const MAX_NUMBERS = 2 ** 28

/** Parts of an array that one call takes. */
export function parts(values: Float32Array): Float32Array[] {
  const count = Math.ceil(values.length / MAX_NUMBERS)
  return Array.from({ length: count }, (_, i) => values.subarray(i * MAX_NUMBERS, (i + 1) * MAX_NUMBERS))
}

export class SumOverRanks {
  readonly #ranks: number
  readonly #constants: OpenMpi['constants']
  readonly #collective: Collective
  readonly #halves = { own: new Uint16Array(), all: new Uint16Array() }

  constructor(ranks: number, constants: OpenMpi['constants'], collective: Collective) {
    this.#ranks = ranks
    this.#constants = constants
    this.#collective = collective
  }

  /** Replaces numbers by their sums, the same on all ranks to the bit. */
  replace(values: Float32Array, wire: WireType): void {
    const { float, sum } = this.#constants
    for (const part of parts(values)) {
      if (wire === 'bf16') this.#inBfloat16(part)
      else this.#collective('Allreduce', IN_PLACE, part, part.length, float, sum)
    }
  }

  /** Each rank adds up its share of the numbers, in the order of the ranks, and all are given the sums. */
  #inBfloat16(values: Float32Array): void {
    const share = Math.ceil(values.length / this.#ranks)
    const [own, all] = (['own', 'all'] as const).map(name => this.#room(name, share * this.#ranks)) as [
      Uint16Array,
      Uint16Array,
    ]
    own.fill(0, values.length)
    toBfloat16(values, own)
    const { byte } = this.#constants
    const bytes = 2 * share
    this.#collective('Alltoall', own, bytes, byte, all, bytes, byte)
    const [sums, addend] = [new Float32Array(share), new Float32Array(share)]
    for (let rank = 0; rank < this.#ranks; rank++) {
      fromBfloat16(all.subarray(rank * share, (rank + 1) * share), addend)
      for (let i = 0; i < share; i++) sums[i]! += addend[i]!
    }
    const sent = own.subarray(0, share)
    toBfloat16(sums, sent)
    this.#collective('Allgather', sent, bytes, byte, all, bytes, byte)
    fromBfloat16(all.subarray(0, values.length), values)
  }

  /** Memory that is used again: fresh memory costs a page fault for every 4 KB. */
  #room(name: 'own' | 'all', length: number): Uint16Array {
    if (this.#halves[name].length < length) this.#halves[name] = new Uint16Array(length)
    return this.#halves[name].subarray(0, length)
  }
}
