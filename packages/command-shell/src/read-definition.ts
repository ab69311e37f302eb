import type { Command } from 'commander'

/** Where `runCommand` hands over what a command declares, in place of running it; undefined where a person runs the command. */
export const definition: { take?: ((program: Command) => void) | undefined } = {}

/**
 * What a command declares: its arguments, options and commands, for pages and completions made from them. The command does not run.
 *
 * @param load imports the command's file, which calls `runCommand`; one at a time
 */
export async function readDefinition(load: () => Promise<unknown>): Promise<Command> {
  let program: Command | undefined
  definition.take = declared => {
    program = declared
  }
  try {
    await load()
  } finally {
    definition.take = undefined
  }
  if (program === undefined) throw new Error('internal: the file defines no command')
  return program
}
