import type { PickleInput, Span } from '../input/pickle-input.js'
import { MAX_INTEGER, MAX_LINE, MAX_STRING_BYTES } from '../pickle-limits.js'

/** Reads an opcode's argument, and passes over it: numbers as they are, bytes and lines as where they lie. */
export type Argument<Value> = (input: PickleInput) => Value

export const none: Argument<void> = () => {}

/** Bytes behind their length, of 1, 4 or 8 bytes. */
export const bytes1: Argument<Span> = input => input.span(input.uint8())
export const bytes4: Argument<Span> = input => input.span(input.uint32())
export const bytes8: Argument<Span> = input => input.span(input.uint64())

export const long1: Argument<Span> = input => integer(input, input.uint8())
export const long4: Argument<Span> = input => integer(input, input.int32())

/** Number or name up to a newline. */
export const line: Argument<Span> = input => input.line(MAX_LINE)
export const twoLines: Argument<[Span, Span]> = input => [line(input), line(input)]
/** Escaped text up to a newline. */
export const text: Argument<Span> = input => input.line(MAX_STRING_BYTES)

function integer(input: PickleInput, length: number): Span {
  if (length < 0 || length > MAX_INTEGER) throw input.error(`an integer of at most ${MAX_INTEGER} bytes`, `${length}`)
  return input.span(length)
}
