import { type SpawnSyncOptions, spawnSync } from 'node:child_process'

/** More than any of these programs takes. */
const TIMEOUT_MS = 600_000
/** What went wrong stands at the end of what a program says. */
const LAST_LINES = 30

/** Runs a program to its end: undefined, or what went wrong, as the program said it. */
export function faultOf(command: string, args: string[], options: SpawnSyncOptions = {}): string | undefined {
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    maxBuffer: 2 ** 28,
    ...options,
    encoding: 'utf8',
  })
  if (result.status === 0) return undefined
  const ended = result.error?.message ?? result.signal ?? `exit code ${result.status}`
  const said = `${result.stdout}${result.stderr}`.trim().split('\n').slice(-LAST_LINES).join('\n')
  return `${[command, ...args].join(' ')}: ${ended}\n${said}`
}
