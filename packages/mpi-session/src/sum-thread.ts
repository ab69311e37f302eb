/** The thread of background-sums.ts. */
import { workerData } from 'node:worker_threads'
import { BEGUN, BROKEN, CLOSING, SUMMED, type SumSetup } from './background-sums.js'
import { floatsAt, IGNORE, openMpi } from './open-mpi.js'
import { type Collective, SumOverRanks } from './sum-over-ranks.js'

/** Milliseconds between two looks at the network, in which it moves some hundred KB on. */
const NAP = 0.05

/** What returns at once, and is asked later whether it has ended. */
const AT_ONCE = { Allreduce: 'MPI_Iallreduce', Alltoall: 'MPI_Ialltoall', Allgather: 'MPI_Iallgather' } as const

const setup = workerData as SumSetup
try {
  sumAll(setup)
} catch (error) {
  Atomics.store(setup.state, BROKEN, 1)
  Atomics.notify(setup.state, SUMMED)
  throw error
}

function sumAll({ stretches, wire, ranks, communicator, state }: SumSetup): void {
  const { call, constants } = openMpi()
  const arrays = stretches.map(({ address, length }) => floatsAt(address, length))
  const [request, ended] = [new BigUint64Array(1), new Int32Array(1)]
  const never = new Int32Array(new SharedArrayBuffer(4))
  const collective: Collective = (name, ...args) => {
    call[AT_ONCE[name]](...args, communicator, request)
    for (;;) {
      call.MPI_Test(request, ended, IGNORE)
      if (ended[0] !== 0) return
      Atomics.wait(never, 0, 0, NAP)
    }
  }
  const sum = new SumOverRanks(ranks, constants, collective)
  for (let summed = 0; ; summed++) {
    Atomics.wait(state, BEGUN, summed | 0)
    if (Atomics.load(state, CLOSING) !== 0) return
    sum.replace(arrays[summed % arrays.length]!, wire)
    Atomics.add(state, SUMMED, 1)
    Atomics.notify(state, SUMMED)
  }
}
