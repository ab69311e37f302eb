import { spawn } from 'node:child_process'
import { isatty } from 'node:tty'

export interface ProgramResult {
  readonly status: number | null
  /** Whether it printed to the terminal; what follows is empty then. */
  readonly shown: boolean
  readonly stdout: string
  readonly stderr: string
}

export interface ProgramOptions {
  readonly cwd?: string
  /** Shows what the program prints as it prints it, on stderr, where that is a terminal. */
  readonly show?: boolean
}

/** How much of what a program prints is kept: its end is where the failure stands. */
const KEPT_CHARACTERS = 1 << 16

/** Runs a program to its end, without a shell. Its output never reaches our stdout. */
export function runProgram(
  [program, ...args]: readonly string[],
  { cwd, show = false }: ProgramOptions = {},
): Promise<ProgramResult> {
  const shown = show && isatty(2)
  return new Promise((resolve, reject) => {
    const child = spawn(program!, args, { cwd, stdio: ['ignore', shown ? 2 : 'pipe', shown ? 2 : 'pipe'] })
    const printed = { stdout: '', stderr: '' }
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', text => {
        printed[name] = (printed[name] + text).slice(-KEPT_CHARACTERS)
      })
    }
    child.on('error', reject)
    child.on('close', status => resolve({ status, shown, ...printed }))
  })
}

/** Whether a program is there and answers to `--version`. */
export async function answers(command: readonly string[]): Promise<boolean> {
  try {
    return (await runProgram([...command, '--version'])).status === 0
  } catch {
    return false
  }
}

/** The last line that says what went wrong, without what a program puts before it. */
export function lastError({ shown, stdout, stderr }: ProgramResult): string {
  if (shown) return 'failed, see above'
  const lines = `${stdout}\n${stderr}`.split('\n').filter(line => line.trim() !== '')
  const line = lines.findLast(line => /\berror\b/i.test(line)) ?? lines.at(-1) ?? 'nothing said'
  return line.replace(/^(npm )?error:?\s*/i, '').trim()
}
