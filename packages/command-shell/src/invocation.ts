import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'

/** What the process knows of the command it runs, once `runCommand` has read its arguments. */
export const invocation: { name?: string; quiet: boolean } = { quiet: false }

/** Writes one line for people to stderr, after the command's name, in place of a bar that may be drawn there; not under --quiet. */
export function say(text: string): void {
  if (!invocation.quiet && invocation.name !== undefined) writeLine(`${invocation.name}: ${text}`)
}

/** Writes a line to stderr; on a terminal over whatever bar this or another stage of the pipe has drawn. */
export function writeLine(line: string): void {
  writeSync(2, isatty(2) ? `\r${line}\u001b[K\n` : `${line}\n`)
}
