import type { Job } from '@tiny-face/mpi-session'

/**
 * Aborted by the first Ctrl-C or SIGTERM; the next one ends the process as it always does. The ranks of a job also listen to SIGUSR2, which
 * mpirun and srun hand on to all of them, and after which nobody kills them.
 */
export function stopSignal({ ranks }: Pick<Job, 'ranks'>): AbortSignal {
  const controller = new AbortController()
  const signals = ranks > 1 ? [...SIGNALS, 'SIGUSR2' as const] : SIGNALS
  const leave = () => {
    for (const signal of signals) process.off(signal, stop)
  }
  const stop = () => {
    if (!controller.signal.aborted) setTimeout(leave, SAME_SIGNAL_MS).unref()
    controller.abort()
  }
  for (const signal of signals) process.on(signal, stop)
  return controller.signal
}

/**
 * What follows within so many milliseconds is no second signal, but the first once more: `timeout` sends it to the process and to its group,
 * and npm hands on a Ctrl-C that the terminal has sent already.
 */
const SAME_SIGNAL_MS = 1000

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The exit code of a command that was interrupted. */
export const INTERRUPTED = 130
