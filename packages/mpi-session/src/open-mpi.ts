/** Open MPI (version 3 to 5: one binary interface) through koffi. Its constants are addresses of objects in the library. */
import { createRequire } from 'node:module'
import { DataError } from '@tiny-face/safe-files'
import type Koffi from 'koffi'

const FILE = 'libmpi.so.40'
const MPI_THREAD_MULTIPLE = 3

const PROTOTYPES = {
  MPI_Initialized: 'int MPI_Initialized(void *flag)',
  MPI_Init_thread: 'int MPI_Init_thread(void *argc, void *argv, int required, void *provided)',
  MPI_Comm_rank: 'int MPI_Comm_rank(void *comm, void *rank)',
  MPI_Comm_size: 'int MPI_Comm_size(void *comm, void *size)',
  MPI_Allreduce: 'int MPI_Allreduce(void *from, void *to, int count, void *type, void *op, void *comm)',
  MPI_Alltoall:
    'int MPI_Alltoall(void *from, int fromCount, void *fromType, void *to, int toCount, void *toType, void *comm)',
  MPI_Allgather:
    'int MPI_Allgather(void *from, int fromCount, void *fromType, void *to, int toCount, void *toType, void *comm)',
  MPI_Allgatherv:
    'int MPI_Allgatherv(void *from, int fromCount, void *fromType, void *to, void *toCounts, void *places, void *toType, void *comm)',
  MPI_Iallreduce:
    'int MPI_Iallreduce(void *from, void *to, int count, void *type, void *op, void *comm, void *request)',
  MPI_Ialltoall:
    'int MPI_Ialltoall(void *from, int fromCount, void *fromType, void *to, int toCount, void *toType, void *comm, void *request)',
  MPI_Iallgather:
    'int MPI_Iallgather(void *from, int fromCount, void *fromType, void *to, int toCount, void *toType, void *comm, void *request)',
  MPI_Test: 'int MPI_Test(void *request, void *flag, void *status)',
  MPI_Comm_dup: 'int MPI_Comm_dup(void *comm, void *copy)',
  MPI_Send: 'int MPI_Send(void *from, int count, void *type, int to, int tag, void *comm)',
  MPI_Recv: 'int MPI_Recv(void *to, int count, void *type, int from, int tag, void *comm, void *status)',
  MPI_Abort: 'int MPI_Abort(void *comm, int code)',
  MPI_Finalize: 'int MPI_Finalize()',
} as const

const CONSTANTS = {
  world: 'ompi_mpi_comm_world',
  float: 'ompi_mpi_float',
  byte: 'ompi_mpi_byte',
  sum: 'ompi_mpi_op_sum',
  max: 'ompi_mpi_op_max',
} as const

/** What a C pointer is given as: an address, or memory that is read or written during the call. */
export type Pointer = bigint | NodeJS.TypedArray

export interface OpenMpi {
  readonly call: Readonly<Record<keyof typeof PROTOTYPES, (...args: (number | Pointer)[]) => number>>
  readonly constants: Readonly<Record<keyof typeof CONSTANTS, bigint>>
}

/** MPI_IN_PLACE: what comes in lies where the result goes. */
export const IN_PLACE = 1n
/** MPI_STATUS_IGNORE. */
export const IGNORE = 0n

/**
 * Loads the library and joins the job that this process was started in; in another thread of a process that has joined, only loads it.
 *
 * @throws DataError where there is no Open MPI, or it was built without threads
 */
export function openMpi(): OpenMpi {
  const { call, constants } = load()
  const [flag, provided] = [new Int32Array(1), new Int32Array(1)]
  call.MPI_Initialized(flag)
  if (flag[0] !== 0) return { call, constants }
  call.MPI_Init_thread(0n, 0n, MPI_THREAD_MULTIPLE, provided)
  if (provided[0]! < MPI_THREAD_MULTIPLE)
    throw new DataError({ file: FILE, expected: 'an Open MPI that threads may call', found: 'one without' })
  return { call, constants }
}

/** Memory that JavaScript has not allocated, and that is not freed before its last use. */
export function floatsAt(address: bigint, length: number): Float32Array {
  return new Float32Array(koffi().view(address, 4 * length))
}

const koffi = () => createRequire(import.meta.url)('koffi') as typeof Koffi

function load(): OpenMpi {
  try {
    // Global: Open MPI opens its parts itself, and they look for its symbols.
    const library = koffi().load(FILE, { global: true })
    const functions = Object.entries(PROTOTYPES).map(([name, prototype]) => [name, library.func(prototype)])
    const addresses = Object.entries(CONSTANTS).map(([name, symbol]) => [name, library.symbol(symbol, 'void *')])
    return { call: Object.fromEntries(functions), constants: Object.fromEntries(addresses) }
  } catch (cause) {
    const message = `is not an Open MPI that loads here (Debian: apt install openmpi-bin): ${(cause as Error).message}`
    throw new DataError({ file: FILE, message, cause })
  }
}
