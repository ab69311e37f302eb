/**
 * Thrown by what reads the text of an option or argument: commander tells such an error by its code, prints which option it was and
 * what was given, and then this message. It is not commander's own class, so that a library that reads a text loads no commander.
 */
export class InvalidArgumentError extends Error {
  override readonly name = 'InvalidArgumentError'
  readonly code = 'commander.invalidArgument'
  readonly exitCode = 1
}
