import { debuglog, getSystemErrorMap } from 'node:util'
import { Command, CommanderError, InvalidArgumentError } from 'commander'
import { abortOpenFiles } from '../atomic-file.js'
import { DataError, UsageError } from '../data-error.js'
import { writeAll } from '../fd.js'
import { invocation, writeLine } from './invocation.js'
import { endBar } from './progress-bar.js'

const debug = debuglog('tiny-face')

export interface CommandSpec<Options> {
  name: string
  /** One sentence. */
  summary: string
  /** A command line a person would type, shown by --help. */
  example: string
  /** Declares arguments and options, in commander's own words. */
  configure?: (program: Command) => void
  run: (args: string[], options: Options) => void | Promise<void>
}

/**
 * Runs a command: parses the arguments, and turns every failure into one line on stderr and an exit code (0 done, also
 * when the reader downstream closed the pipe; 1 the data or the machine failed; 2 usage). Outputs begun and not committed
 * are removed. `NODE_DEBUG=tiny-face` prints the stack as well.
 */
export async function runCommand<Options = Record<string, unknown>>(spec: CommandSpec<Options>): Promise<void> {
  try {
    const program = new Command(spec.name)
      .description(spec.summary)
      .exitOverride()
      .configureOutput({ writeOut: text => writeAll(1, Buffer.from(text)), writeErr: () => {} })
      .addHelpText('after', `\nExample:\n  ${spec.example.split('\n').join('\n  ')}`)
    spec.configure?.(program)
    program.option('--quiet', 'no bar, no summary and no remarks on stderr: failures only')
    program.parse()
    invocation.name = spec.name
    invocation.quiet = program.opts().quiet === true
    await spec.run(program.args, program.opts() as Options)
  } catch (error) {
    abortOpenFiles()
    if (error instanceof CommanderError && error.exitCode === 0) return
    debug('%O', error)
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
    endBar()
    writeLine(`${spec.name}: ${oneLine(describe(error))}`)
    process.exit(error instanceof UsageError || error instanceof CommanderError ? 2 : 1)
  }
}

/** For commander: reads a whole number of at least `minimum`. */
export function parseWhole(what: string, minimum = 0): (text: string) => number {
  return text => {
    const value = Number(text)
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(value) || value < minimum) {
      throw new InvalidArgumentError(`${what} is a whole number of at least ${minimum}.`)
    }
    return value
  }
}

/** For commander: reads a finite number between two bounds, both included. */
export function parseNumber(what: string, minimum: number, maximum = Number.MAX_VALUE): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() === '' || !(value >= minimum && value <= maximum)) {
      const bounds = maximum === Number.MAX_VALUE ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`
      throw new InvalidArgumentError(`${what} is a number ${bounds}.`)
    }
    return value
  }
}

function describe(error: unknown): string {
  if (error instanceof DataError || error instanceof UsageError) return error.message
  if (error instanceof CommanderError) return `${error.message.replace(/^error: /, '')} (see --help)`
  const { code, errno, path, syscall, message } = error as NodeJS.ErrnoException
  if (code !== undefined && errno !== undefined && syscall !== undefined) {
    const reason = getSystemErrorMap().get(errno)?.[1] ?? message
    return path === undefined ? `${syscall}: ${reason}` : `${path}: ${reason}`
  }
  return `internal: ${message ?? error}`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}
