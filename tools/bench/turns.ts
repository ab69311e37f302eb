// Programs that keep running and are timed in turns: A B C A B C …; what slows the machine for a while slows all.
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { note, ROOT } from './run.js'

/** One of the programs. It speaks as tools/peers/turns.py says. */
export interface Contestant {
  /** How the table calls it. */
  name: string
  /** Or, where it is not installed, how to install it. */
  command: string[] | { missing: string }
}

/** What a program says when it is warm; seconds. */
export interface Ready {
  version: string
  first: number
  later: number
  /** From the network's code to an executable that is loaded, where the program tells. */
  load?: number
}

export interface Measured {
  /** Seconds of one step, a number a round. */
  rounds: number[]
  ready: Ready
  /** Peak of the memory that its process has had, in bytes; undefined where the system does not tell. */
  peak: number | undefined
}

export interface Turns {
  rounds: number
  /** About how long one turn takes; at least one step. */
  seconds: number
}

/** Why a program could not be timed: what is not installed, most of all. */
export class NotHere extends Error {}

/** Runs all of them, one at a time. The results are in the order of the programs; one that cannot run has its reason instead. */
export async function takeTurns(programs: readonly Contestant[], turns: Turns): Promise<(Measured | NotHere)[]> {
  const running: (Program | NotHere)[] = []
  try {
    // One after another: a warm-up beside another one is none.
    for (const program of programs) running.push(await start(program))
    const found = running.map(program => (program instanceof NotHere ? program : { program, rounds: [] as number[] }))
    for (let round = 1; round <= turns.rounds; round++) {
      for (const one of found) if (!(one instanceof NotHere)) one.rounds.push(await one.program.turn(turns.seconds))
      note(`${round}/${turns.rounds}  ${found.map((one, i) => `${programs[i]!.name} ${lastOf(one)}`).join(', ')}`)
    }
    return found.map(one =>
      one instanceof NotHere ? one : { rounds: one.rounds, ready: one.program.ready, peak: one.program.peak() },
    )
  } finally {
    for (const program of running) if (program instanceof Program) program.end()
  }
}

function lastOf(one: NotHere | { rounds: number[] }): string {
  return one instanceof NotHere ? 'not here' : `${one.rounds.at(-1)!.toFixed(3)} s a step`
}

async function start({ name, command }: Contestant): Promise<Program | NotHere> {
  if (!Array.isArray(command)) return new NotHere(command.missing)
  const [file, ...args] = command
  const child = spawn(file!, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'pipe'] })
  const program = new Program(child)
  try {
    program.ready = (await program.message()) as Ready
    return program
  } catch (error) {
    program.end()
    note(`${name}: ${(error as Error).message}`)
    return new NotHere((error as Error).message)
  }
}

class Program {
  ready!: Ready
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  #said = ''

  constructor(child: ChildProcess) {
    this.#child = child
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]()
    // Its last words, should it fail.
    child.stderr!.on('data', data => {
      this.#said = `${this.#said}${data}`.slice(-2000)
    })
    child.on('error', error => {
      this.#said = error.message
    })
    child.stdin!.on('error', () => {})
  }

  async message(): Promise<unknown> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(this.#said.trim().split('\n').at(-1) || 'it ended')
    return JSON.parse(value)
  }

  /** Seconds of a step. */
  async turn(seconds: number): Promise<number> {
    const steps = Math.max(1, Math.round(seconds / this.ready.later))
    this.#child.stdin!.write(`${steps}\n`)
    return ((await this.message()) as { seconds: number }).seconds / steps
  }

  peak(): number | undefined {
    try {
      return 1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${this.#child.pid}/status`, 'latin1'))![1])
    } catch {
      return undefined
    }
  }

  end(): void {
    this.#child.stdin!.end()
    this.#child.kill()
  }
}
