/**
 * A pickle that is damaged, or that holds anything but data. Nothing of it was executed.
 *
 * The message reads `byte 2: expected plain data, found GLOBAL os.system`.
 */
export class PickleError extends Error {
  override readonly name = 'PickleError'
  /** Where the offending opcode (or, for a wrong end, the first byte that should not be there) begins, from the file's start. */
  readonly offset: number
  readonly expected: string
  readonly found: string

  constructor(offset: number, expected: string, found: string) {
    super(`byte ${offset}: expected ${expected}, found ${found}`)
    this.offset = offset
    this.expected = expected
    this.found = found
  }
}
