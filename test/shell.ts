import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../packages', import.meta.url))

/** Where each command's stub is: `recordio-dump` -> `…/packages/recordio-stream/bin/recordio-dump.js`. */
export const stubs = new Map<string, string>()
for (const name of readdirSync(packages)) {
  const { bin = {} } = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'))
  for (const [command, stub] of Object.entries<string>(bin)) stubs.set(command, join(packages, name, stub))
}

// What a person has on PATH after an install; `exec` makes the process that of the command itself. tap would load its own
// module into every Node below a test (by NODE_OPTIONS), whose signal handlers keep a busy command alive.
const path = mkdtempSync(join(tmpdir(), 'tiny-face-bin-'))
for (const [command, stub] of stubs) {
  writeFileSync(join(path, command), `#!/bin/sh\nunset NODE_OPTIONS\nexec '${process.execPath}' '${stub}' "$@"\n`, {
    mode: 0o755,
  })
}
process.on('exit', () => rmSync(path, { recursive: true, force: true }))
// bash itself complains on stderr of a language that is not installed.
const env = { ...process.env, LC_ALL: undefined, PATH: `${path}:${process.env.PATH}` }

export interface ShellResult {
  status: number | null
  stdout: string
  stderr: string
  /** The exit codes of the last pipeline's stages. */
  stages: number[]
}

/** Runs a bash script, the project's commands on its PATH. Its last pipeline's exit codes are `stages`. */
export function shell(script: string, cwd: string, { pipefail = false }: { pipefail?: boolean } = {}): ShellResult {
  const whole = `set ${pipefail ? '-' : '+'}o pipefail\n${script}\nstages=("\${PIPESTATUS[@]}" $?)\necho "\${stages[@]}" >&3\nexit "\${stages[-1]}"`
  const { status, stdout, stderr, output } = spawnSync('bash', ['-c', whole], {
    cwd,
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    maxBuffer: 1 << 28,
  })
  const stages = output[3]!.trim().split(' ').map(Number).slice(0, -1)
  return { status, stdout, stderr, stages }
}

export type Stage = ChildProcessByStdio<Writable, Readable, Readable>

/** Starts one command with all three of its descriptors in the test's hands. */
export function start(command: string, args: string[], cwd: string): Stage {
  const stage = spawn(join(path, command), args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] })
  // A stage that was killed takes no more input: that is what these tests are about.
  stage.stdin.on('error', () => {})
  return stage
}

export interface Ending {
  code: number | null
  signal: NodeJS.Signals | null
  stdout: Buffer
  stderr: string
}

/** What is left of a stage's output, and how it ended. */
export async function ending(stage: Stage): Promise<Ending> {
  const closed = new Promise<[number | null, NodeJS.Signals | null]>(resolve => {
    stage.on('close', (code, signal) => resolve([code, signal]))
  })
  const [stdout, stderr] = await Promise.all([collect(stage.stdout), collect(stage.stderr)])
  const [code, signal] = await closed
  return { code, signal, stdout, stderr: stderr.toString() }
}

/** Runs one command to its end on the given input. */
export async function feed(command: string, args: string[], cwd: string, input: Uint8Array): Promise<Ending> {
  const stage = start(command, args, cwd)
  stage.stdin.end(input)
  return ending(stage)
}

/**
 * Kills a command in the middle of its output: once it has written something, and cannot have written all, for nobody
 * reads on and the output is larger than pipe and buffers together.
 */
export async function killWhileWriting(
  command: string,
  args: string[],
  cwd: string,
  { input, signal }: { input?: Uint8Array; signal: NodeJS.Signals },
): Promise<Ending> {
  const stage = start(command, args, cwd)
  stage.stdin.end(input)
  await Promise.race([
    new Promise(resolve => stage.stdout.once('readable', resolve)),
    new Promise(resolve => stage.once('exit', resolve)),
  ])
  stage.kill(signal)
  return ending(stage)
}

/** Kills a command in the middle of its input: it has taken `input`, but for the last pipeful, and waits for more. */
export async function killWhileReading(
  command: string,
  args: string[],
  cwd: string,
  { input, signal }: { input: Uint8Array; signal: NodeJS.Signals },
): Promise<Ending> {
  const stage = start(command, args, cwd)
  const ended = ending(stage)
  await Promise.race([new Promise(resolve => stage.stdin.write(input, resolve)), ended])
  stage.kill(signal)
  return ended
}

export async function collect(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
