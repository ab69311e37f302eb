import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Tells a process from all others that were or will be, so far as the system lets us. */
export interface ProcessMark {
  host: string
  pid: number
  /** When it started, in ticks since the machine did; only Linux says. */
  started?: string | undefined
}

export function ownMark(): ProcessMark {
  return { host: hostname(), pid: process.pid, started: statOf(process.pid)?.started }
}

/** Whether a process other than this one runs on this machine. Of other machines' processes nothing is known: they do not. */
export function isRunning({ host, pid, started }: ProcessMark): boolean {
  if (host !== hostname() || pid === process.pid) return false
  const stat = statOf(pid)
  // A killed process that nobody waits for (as in containers without an init) keeps its number; so may another one have it.
  if (stat !== undefined) return stat.state !== 'Z' && (started === undefined || stat.started === started)
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** From /proc/PID/stat (proc(5)): `pid (name) state …`, the start time as field 22; the name may hold anything. */
function statOf(pid: number): { state: string; started: string } | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0]!, started: fields[19]! }
  } catch {
    return undefined
  }
}
