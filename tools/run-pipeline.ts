import { spawnSync } from 'node:child_process'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('..', import.meta.url))
/** What tools fetch or make once, below ROOT; git ignores it. */
export const CACHE = '.cache'

/** Prints a pipeline of the project's commands, runs it as a shell would, and returns its seconds. */
export function runPipeline(command: string): number {
  console.log(`$ ${command.replaceAll(' | ', ' |\n    ')}`)
  const started = performance.now()
  const env = { ...process.env, PATH: `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}` }
  const { status, error } = spawnSync('bash', ['-o', 'pipefail', '-c', command], { stdio: 'inherit', env })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`this pipeline failed with exit code ${status}`)
  console.log()
  return (performance.now() - started) / 1000
}

/** A path as one word of a shell's command. */
export function quote(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`
}
