import { homedir } from 'node:os'
import { join } from 'node:path'

/** The folder in which programs keep what they can get again: `$XDG_CACHE_HOME`, or `~/.cache`. */
export function userCache(): string {
  return process.env.XDG_CACHE_HOME || join(homedir(), '.cache')
}
