/** Dropout, whose mask is computed in int32 as `kernels/dropout.ts` defines it: every engine draws the same. */
import { numberOf } from '../../../attributes.js'
import { sizeOf } from '../../../graph/graph.js'
import {
  BLOCK,
  dropoutFactor,
  type dropoutKernels,
  dropoutThreshold,
  KEY_CONSTANTS,
  PRIME,
} from '../../../kernels/dropout.js'
import type { OnnxRules, Write } from '../rule.js'

/** Elements count in tfjs's order, so the image lies in it: blocks of elements are rows, places within them columns. */
const dropout: Write = (node, b) => {
  const [x, random] = [node.inputs[0]!, node.inputs[1]!]
  const size = sizeOf(b.fixed(x.shape))
  const whole = (value: number) => b.scalar('int32', value)
  const mod = (value: string, by: number) => b.op('Mod', [value, whole(by)])
  const times = (left: string, right: string) => b.op('Mul', [left, right])
  const plus = (left: string, right: string) => b.op('Add', [left, right])
  const cubed = (value: string) => mod(times(mod(times(value, value), PRIME), value), PRIME)
  // nothing is negative here, so Div rounds down
  const digitsOf = (value: string) => [mod(value, BLOCK), b.op('Div', [value, whole(BLOCK)])]
  const counted = (length: number) => Int32Array.from({ length }, (_, index) => index)

  const rows = Math.max(1, Math.ceil(size / BLOCK))
  const columns = Math.min(size, BLOCK)
  const [low, rest] = digitsOf(b.get(random))
  const block = b.initializer('int32', counted(rows), [rows, 1])
  const digits = [low!, ...digitsOf(rest!), whole(numberOf(node, 'salt')), ...digitsOf(block)]
  const [m, a, c] = KEY_CONSTANTS.map(constant =>
    digits.reduce((y, digit) => cubed(plus(plus(y, digit), whole(constant))), whole(0)),
  ) // [rows, 1]
  const place = b.initializer('int32', counted(columns), [1, columns])
  const affine = mod(plus(times(b.op('Max', [m!, whole(1)]), place), a!), PRIME) // [rows, columns]
  const hash = cubed(plus(cubed(affine), c!))
  const rate = numberOf(node, 'rate')
  const kept = b.cast(b.op('GreaterOrEqual', [hash, whole(dropoutThreshold(rate))]), 'float32')
  const flat = b.reshape(kept, [rows * columns])
  const cut = rows * columns === size ? flat : b.op('Slice', [flat, b.int64([0]), b.int64([size])])
  const mask = times(cut, b.scalar('float32', dropoutFactor(rate)))
  b.set(node.outputs[0]!, times(b.get(x), b.reshape(mask, x.shape)))
}

export const dropoutRules: OnnxRules<typeof dropoutKernels> = { Dropout: { layout: 'plain', write: dropout } }
