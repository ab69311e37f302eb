import type { PickleInput, Span } from '../input/pickle-input.js'
import { memoIndex, OPCODES, STOP } from '../opcodes/opcodes.js'
import { latin1Text } from '../opcodes/text-and-numbers.js'
import { PickleError } from '../pickle-error.js'
import { memoError, memoLimit } from './pickle-memo.js'

/**
 * The indices of the memo that a pickle asks for, found by passing over its opcodes once. Stops at the first that cannot be
 * read: running the pickle comes no further and says why.
 */
export function memoAskedFor(input: PickleInput): Set<number> {
  const wanted = new Set<number>()
  try {
    for (let code = input.nextOpcode(); code !== STOP; code = input.nextOpcode()) {
      const opcode = OPCODES[code]
      if (!opcode) break
      input.opcode = opcode.name
      const argument = opcode.argument(input)
      if (!opcode.name.endsWith('GET')) continue
      const index = typeof argument === 'number' ? argument : memoIndex(latin1Text(input.content(argument as Span)))
      if (index === undefined) break
      wanted.add(index)
      if (wanted.size > memoLimit(input)) throw memoError(input)
    }
  } catch (error) {
    if (!(error instanceof PickleError)) throw error
  }
  input.position = 0
  return wanted
}
