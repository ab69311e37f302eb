/** Dropout, by the mask that every engine draws. */

import { numberOf } from '../../../attributes.js'
import { sizeOf, type Value } from '../../../graph/graph.js'
import { type DropoutAttributes, type dropoutKernels, fillDropoutMask } from '../../../kernels/dropout.js'
import type { FamilyRules } from '../../../rule-table.js'
import type { Builder, Form } from '../builder.js'
import type { Rule } from './rule.js'

/** The mask is drawn once a step for forward and gradient: both are given the same `random`. */
function dropoutMask(b: Builder, random: Value, size: number, attributes: DropoutAttributes): Form {
  return b.once(random, `mask ${attributes.rate} ${attributes.salt} ${size}`, () => {
    const mask = b.temporary(b.descriptor([size], 'f32', [1]))
    b.loop(
      'mask',
      [b.flat(random)],
      [mask],
      ([step, values]) =>
        () =>
          fillDropoutMask(values!, step![0]!, attributes),
    )
    return mask
  })
}

const dropout: Rule = (node, b) => {
  const [x, random] = node.inputs as [Value, Value]
  const [y] = node.outputs as [Value]
  const attributes = { rate: numberOf(node, 'rate'), salt: numberOf(node, 'salt') }
  const type = b.typeOf(y)
  const size = sizeOf(x.shape)
  const line = (form: Form) => ({ ...form, descriptor: b.descriptor([size], type, [1]) })
  const src = line(b.flat(x, type))
  const src1 = dropoutMask(b, random, size, attributes)
  const dst = line(b.flatOutput(y, type))
  const computation = {
    kind: 'binary',
    algorithm: 'multiply',
    src: src.descriptor,
    src1: src1.descriptor,
    dst: dst.descriptor,
  } as const
  b.execute(b.choose([computation]), { src, src1, dst }, ['dst'])
}

export const dropoutRules: FamilyRules<typeof dropoutKernels, Rule> = { Dropout: dropout }
