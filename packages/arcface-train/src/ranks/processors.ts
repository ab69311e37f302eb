import { availableParallelism, cpus } from 'node:os'
import type { Job } from '@tiny-face/mpi-session'

/** How many processors a rank has to itself: those that it is bound to, else its part of the machine's. */
export function ownProcessors({ localRanks }: Pick<Job, 'localRanks'>): number {
  const available = availableParallelism()
  const isBound = available < cpus().length
  return isBound ? available : Math.max(1, Math.floor(available / localRanks))
}
