/** A record's place in its source: RecordIO key, running index, path, pair slot. */
export type RecordId = number | bigint | string

export interface Fault {
  /** The file, or the stream's `source`. */
  file?: string
  /** Bytes from the start of the file or stream. */
  offset?: number
  /** The record's number, from 0. */
  record?: number
  id?: RecordId
  expected?: string
  found?: string
  /** Said instead of, or before, what was expected. */
  message?: string
  cause?: unknown
}

/** Data that is not what it should be: says which file, where in it, what was expected and what was found. */
export class DataError extends Error {
  override readonly name = 'DataError'
  readonly file: string | undefined
  readonly offset: number | undefined
  readonly record: number | undefined
  readonly id: RecordId | undefined
  readonly expected: string | undefined
  readonly found: string | undefined
  /** The fault as it was given, to be thrown again with more known: see `placed`. */
  readonly fault: Fault

  constructor(fault: Fault) {
    super(sentence(fault), { cause: fault.cause })
    this.fault = fault
    this.file = fault.file
    this.offset = fault.offset
    this.record = fault.record
    this.id = fault.id
    this.expected = fault.expected
    this.found = fault.found
  }
}

/** Where in its source something is. */
export type FaultPlace = Pick<Fault, 'file' | 'offset' | 'record' | 'id'>

/**
 * An error that says where it was: one of data that names no file yet gets the place's, and what else of the place it does not say itself. Any
 * other error is given back as it is, so that a `catch` throws whatever comes of it.
 */
export function placed(error: unknown, { file, offset, record, id }: FaultPlace): unknown {
  if (!(error instanceof DataError) || error.file !== undefined) return error
  const { fault } = error
  return new DataError({
    ...fault,
    file,
    offset: fault.offset ?? offset,
    record: fault.record ?? record,
    id: fault.id ?? id,
  })
}

/** A command called in a way it does not understand: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

function sentence({ file, offset, record, id, expected, found, message }: Fault): string {
  const place = [
    file,
    offset === undefined ? undefined : `byte ${offset}`,
    record === undefined
      ? id === undefined
        ? undefined
        : `id ${id}`
      : `record ${record}${id === undefined ? '' : ` (id ${id})`}`,
  ]
  const matter = [
    message,
    expected === undefined ? undefined : `expected ${expected}`,
    found === undefined ? undefined : `found ${found}`,
  ]
  return [...place, present(matter).join(', ')].filter(part => part !== undefined && part !== '').join(': ')
}

function present(parts: (string | undefined)[]): string[] {
  return parts.filter(part => part !== undefined)
}
