import { debuglog } from 'node:util'
import { abortOpenFiles, DataError, UsageError, writeAll } from '@tiny-face/safe-files'
import type { Command, CommanderError } from 'commander'
import { invocation, writeLine } from './invocation.js'
import { endBar } from './progress-bar.js'
import { definition } from './read-definition.js'
import { systemReason } from './system-reason.js'

export type { Command }

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
    // Not loaded by a program that only takes a function or two of this package.
    const { Command } = await import('commander')
    const program = new Command(spec.name)
      .description(spec.summary)
      .exitOverride()
      .helpOption('-h, --help', 'this page')
      .configureOutput({ writeOut: text => writeAll(1, Buffer.from(text)), writeErr: () => {} })
      .addHelpText('after', `\nExample:\n  ${spec.example.split('\n').join('\n  ')}`)
    spec.configure?.(program)
    if (program.commands.length > 0) program.helpCommand('help [command]', "that command's page")
    const quiet = program.createOption('--quiet', 'no bar, no summary and no remarks on stderr: failures only')
    program.addOption(quiet.helpGroup('Options:'))
    if (definition.take !== undefined) return definition.take(program)
    program.parse()
    invocation.name = spec.name
    invocation.quiet = program.opts().quiet === true
    await spec.run(program.args, program.opts() as Options)
  } catch (error) {
    abortOpenFiles()
    if (isCommanders(error) && error.exitCode === 0) return
    debug('%O', error)
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit(0)
    endBar()
    writeLine(`${invocation.name ?? spec.name}: ${oneLine(describe(error))}`)
    process.exit(error instanceof UsageError || isCommanders(error) ? 2 : 1)
  }
}

function describe(error: unknown): string {
  if (error instanceof DataError || error instanceof UsageError) return error.message
  // Commander's own message of that is a word of its program.
  if (isCommanders(error) && error.code === 'commander.help') return 'a command is missing (see --help)'
  if (isCommanders(error)) return `${wrongValue(error) ?? error.message.replace(/^error: /, '')} (see --help)`
  return systemReason(error) ?? `internal: ${(error as Error).message ?? error}`
}

/** Commander's `error: option '-s, --shards <n>' argument 'x' is invalid. --shards is a whole number.` as `--shards x: expected a whole number`. */
function wrongValue({ code, message }: CommanderError): string | undefined {
  if (code !== 'commander.invalidArgument') return undefined
  const [, declared, value, why] = /^error: option '(.*?)' argument '(.*)' is invalid\. (.*?)\.?$/s.exec(message) ?? []
  if (declared === undefined) return undefined
  const choices = why!.replace(/^Allowed choices are (?=.*,)/, 'It is one of ')
  const reason = choices.replace(/^(?:Allowed choices|It|Keys|(?:An?|The) [\w ]+?|--[\w-]+) (?:is|are) /, 'expected ')
  return `${/--[\w-]+/.exec(declared)?.[0] ?? declared} ${value}: ${reason}`
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, ' ').trim()
}

function isCommanders(error: unknown): error is CommanderError {
  return String((error as { code?: unknown } | null)?.code).startsWith('commander.')
}
