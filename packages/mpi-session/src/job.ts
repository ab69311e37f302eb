/** Processes that `mpirun`, `srun` or the like has started together. */
import { hostname } from 'node:os'
import { type BackgroundSums, type Stretch, startBackgroundSums } from './background-sums.js'
import { IGNORE, IN_PLACE, type OpenMpi, openMpi } from './open-mpi.js'
import { parts, SumOverRanks, type WireType } from './sum-over-ranks.js'

/**
 * What the ranks of a job do together: each call is made by all of them in the same order, and waits for the others. Every result is the
 * same on all ranks to the bit, and from run to run.
 */
export interface Job {
  /** 0 … ranks - 1. */
  readonly rank: number
  readonly ranks: number
  /** Ranks on this machine, which share its processors. */
  readonly localRanks: number
  /** `rank 3 on node7`: for messages. */
  readonly name: string
  /** Replaces numbers by their sums, or the largest of them, over all ranks. */
  allReduce(values: Float32Array, op: 'sum' | 'max', wire?: WireType): void
  /**
   * The same sums by a thread of its own, while the rank goes on. All ranks ask for it in the same order, like any call; what is begun is in the
   * order of `stretches`, over and over.
   */
  backgroundSums(stretches: readonly Stretch[], wire: WireType): BackgroundSums
  /** Puts the numbers of all ranks, of which each has as many, one behind the other. */
  allGather(own: Float32Array, all: Float32Array): void
  /** The bytes of all ranks, by rank; each may have as many as it likes. */
  exchange(own: Uint8Array): Uint8Array[]
  /** To be received by `receive` of the other rank. */
  send(values: Float32Array, to: number): void
  receive(values: Float32Array, from: number): void
  /** Ends all ranks at once. */
  abort(code: number): never
  /** Leaves the job; waits until all ranks do. */
  close(): void
}

/** Variables that starters of jobs set: mpirun; and PMIx, by which Slurm starts ranks. */
const RANK_VARIABLES = ['OMPI_COMM_WORLD_RANK', 'PMIX_RANK']
const LOCAL_VARIABLES = ['OMPI_COMM_WORLD_LOCAL_SIZE', 'SLURM_STEP_TASKS_PER_NODE']

let current: Job | undefined

/** The job that this process is a rank of, which it joins when this is first asked; a process that was started by itself is a job of one rank. */
export function currentJob(): Job {
  current ??= RANK_VARIABLES.some(name => process.env[name] !== undefined) ? new MpiJob(openMpi()) : ALONE
  return current
}

class MpiJob implements Job {
  readonly rank: number
  readonly ranks: number
  readonly localRanks: number
  readonly name: string
  readonly #mpi: OpenMpi
  readonly #sum: SumOverRanks

  constructor(mpi: OpenMpi) {
    this.#mpi = mpi
    const { call, constants } = mpi
    const [rank, ranks] = [new Int32Array(1), new Int32Array(1)]
    call.MPI_Comm_rank(constants.world, rank)
    call.MPI_Comm_size(constants.world, ranks)
    this.rank = rank[0]!
    this.ranks = ranks[0]!
    const local = LOCAL_VARIABLES.map(name => Number.parseInt(process.env[name] ?? '', 10)).find(count => count > 0)
    this.localRanks = local ?? 1
    const { world } = constants
    this.#sum = new SumOverRanks(this.ranks, constants, (name, ...args) => call[`MPI_${name}`](...args, world))
    this.name = `rank ${this.rank} on ${hostname()}`
  }

  allReduce(values: Float32Array, op: 'sum' | 'max', wire: WireType = 'f32') {
    if (op === 'sum') return this.#sum.replace(values, wire)
    const { call, constants } = this.#mpi
    for (const part of parts(values))
      call.MPI_Allreduce(IN_PLACE, part, part.length, constants.float, constants.max, constants.world)
  }

  backgroundSums(stretches: readonly Stretch[], wire: WireType): BackgroundSums {
    const { call, constants } = this.#mpi
    const communicator = new BigUint64Array(1)
    call.MPI_Comm_dup(constants.world, communicator)
    return startBackgroundSums({ stretches, wire, ranks: this.ranks, communicator: communicator[0]! })
  }

  allGather(own: Float32Array, all: Float32Array) {
    const { call, constants } = this.#mpi
    const { float, world } = constants
    call.MPI_Allgather(own, own.length, float, all, own.length, float, world)
  }

  exchange(own: Uint8Array): Uint8Array[] {
    const { call, constants } = this.#mpi
    const { byte, world } = constants
    const counts = new Int32Array(this.ranks)
    call.MPI_Allgather(Int32Array.of(own.length), 4, byte, counts, 4, byte, world)
    const ends = [...counts].map((_, rank) => counts.subarray(0, rank + 1).reduce((sum, count) => sum + count, 0))
    const starts = Int32Array.from(ends, (end, rank) => end - counts[rank]!)
    const all = new Uint8Array(ends.at(-1)!)
    call.MPI_Allgatherv(own, own.length, byte, all, counts, starts, byte, world)
    return ends.map((end, rank) => all.subarray(starts[rank], end))
  }

  send(values: Float32Array, to: number) {
    const { call, constants } = this.#mpi
    for (const part of parts(values)) call.MPI_Send(part, part.length, constants.float, to, 0, constants.world)
  }

  receive(values: Float32Array, from: number) {
    const { call, constants } = this.#mpi
    for (const part of parts(values))
      call.MPI_Recv(part, part.length, constants.float, from, 0, constants.world, IGNORE)
  }

  abort(code: number): never {
    const { call, constants } = this.#mpi
    call.MPI_Abort(constants.world, code)
    process.exit(code)
  }

  close() {
    this.#mpi.call.MPI_Finalize()
  }
}

/** A process without others: its own numbers are the sums. */
export const ALONE: Job = {
  rank: 0,
  ranks: 1,
  localRanks: 1,
  name: 'the only rank',
  allReduce() {},
  backgroundSums: () => ({ begin() {}, finish() {}, close() {} }),
  allGather: (own, all) => all.set(own),
  exchange: own => [own],
  send: noOther,
  receive: noOther,
  abort: code => process.exit(code),
  close() {},
}

function noOther(): never {
  throw new RangeError('there is no other rank')
}
