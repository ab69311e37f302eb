import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

export interface Run {
  /** How progress calls it. */
  name: string
  /** A pipeline for bash, with the project's commands on its PATH. */
  command: string
  /** What it leaves behind; removed before and after, which is not timed. */
  outputs?: string[]
  /** Where the program says itself how long it took: reads that from its stdout. Else it is the whole time of its processes. */
  seconds?: (stdout: string) => number
}

/** Runs a pipeline to its end and returns its seconds. */
export function timeRun({ command, outputs = [], seconds }: Run): number {
  for (const path of outputs) rmSync(path, { recursive: true, force: true })
  const started = performance.now()
  const stdout = runPipeline(command)
  const elapsed = (performance.now() - started) / 1000
  for (const path of outputs) rmSync(path, { recursive: true, force: true })
  return seconds?.(stdout) ?? elapsed
}

/** Returns the pipeline's stdout. */
export function runPipeline(command: string, extra: NodeJS.ProcessEnv = {}): string {
  const PATH = `${join(ROOT, 'node_modules/.bin')}${delimiter}${process.env.PATH}`
  const { status, stdout, stderr, error } = spawnSync('bash', ['-o', 'pipefail', '-c', command], {
    cwd: ROOT,
    env: { ...process.env, PATH, ...extra },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`${command}: exit code ${status}: ${stderr.trim()}`)
  return stdout
}

/** A line of progress. */
export function note(text: string): void {
  console.error(`bench: ${text}`)
}

/** Where tools/peers/run has made an environment: its Python. */
export function peerPython(name: string): string | undefined {
  const { TINY_FACE_PEERS, XDG_CACHE_HOME } = process.env
  const peers = TINY_FACE_PEERS || join(XDG_CACHE_HOME || join(homedir(), '.cache'), 'tiny-face-peers')
  const python = join(peers, name, 'bin/python')
  return existsSync(join(peers, name, 'requirements.txt')) ? python : undefined
}

/** The version of what an environment was made for; undefined where it is not here. */
export function peerVersion(name: string): string | undefined {
  const python = peerPython(name)
  if (python === undefined) return undefined
  return /==(\S+)/.exec(readFileSync(join(dirname(python), '../requirements.txt'), 'utf8'))?.[1]
}

/** For `Run.seconds` of our scripts in tools/peers: their last line is JSON with the seconds of their loop, imports left out. */
export function saidSeconds(stdout: string): number {
  return JSON.parse(stdout.trim().split('\n').at(-1)!).seconds
}
