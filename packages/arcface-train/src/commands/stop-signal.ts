/** Aborted by the first Ctrl-C or SIGTERM; the second one ends the process as it always does. */
export function stopSignal(): AbortSignal {
  const controller = new AbortController()
  const stop = () => {
    for (const signal of SIGNALS) process.off(signal, stop)
    controller.abort()
  }
  for (const signal of SIGNALS) process.on(signal, stop)
  return controller.signal
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

/** The exit code of a command that was interrupted. */
export const INTERRUPTED = 130
