import { writeSync } from 'node:fs'
import { isatty } from 'node:tty'

/** What the process knows of the command it runs, once `runCommand` has read its arguments. */
export const invocation: { name?: string; quiet: boolean } = { quiet: false }

/** Writes one line for people to stderr, after the command's name, in place of a bar that may be drawn there; not under --quiet. */
export function say(text: string): void {
  if (!invocation.quiet && invocation.name !== undefined) writeLine(`${invocation.name}: ${text}`)
}

/** Gives what the process says another name from here on: one of several that do a command together says which it is. */
export function speakAs(name: string, { quiet }: { readonly quiet: boolean }): void {
  invocation.name = name
  invocation.quiet ||= quiet
}

/** Writes a line to stderr; on a terminal over whatever bar this or another stage of the pipe has drawn. */
export function writeLine(line: string): void {
  const text = withoutControls(line)
  writeSync(2, isatty(2) ? `\r${text}\u001b[K\n` : `${text}\n`)
}

/** Names of files and people come from anywhere: what would steer a terminal is shown instead, as \\x1b. */
export function withoutControls(line: string): string {
  return line.replace(/\p{Cc}/gu, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
