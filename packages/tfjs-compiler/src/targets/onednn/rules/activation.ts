/** PReLU with a slope per channel, ReLU, dropout, and their gradients. */

import { numberOf } from '../../../attributes.js'
import { sizeOf, type Value } from '../../../graph/graph.js'
import { type DropoutAttributes, fillDropoutMask } from '../../../kernels/dropout.js'
import type { Builder, Form } from '../builder.js'
import { broadcastWalk, compileLoop, denseWalk } from '../loops.js'
import type { Rule, Rules } from './rule.js'

/** One slope a channel of an image: what oneDNN's PReLU takes. */
const perChannel = (x: Value, alpha: Value) =>
  x.shape.length === 4 && sizeOf(alpha.shape) === x.shape[3] && alpha.shape.at(-1) === x.shape[3]

/** The slopes as [1, channels, 1, 1] of the image's own layout, without which oneDNN has no fast PReLU; the same bytes in any. */
function slopes(b: Builder, form: Form, x: Value): Form {
  const channels = x.shape[3]!
  return { ...form, role: 'image', descriptor: b.descriptor([1, channels, 1, 1], 'f32', b.imageLayout(x.shape)) }
}

const prelu: Rule = (node, b) => {
  const [x, alpha] = node.inputs as [Value, Value]
  const [y] = node.outputs as [Value]
  if (!perChannel(x, alpha)) {
    const walks = [broadcastWalk(x.shape, y.shape), broadcastWalk(alpha.shape, y.shape), denseWalk(y.shape)]
    const loop = compileLoop(y.shape, walks, 'const v = x0[i0]; x2[i2] = v > 0 ? v : v * x1[i1];')
    return b.loop('prelu', [b.flat(x), b.flat(alpha)], [b.flatOutput(y)], loop)
  }
  const src = b.image(x)
  const weights = slopes(b, b.flat(alpha), x)
  const primitive = b.choose([{ kind: 'prelu', src: src.descriptor, weights: weights.descriptor }])
  b.execute(primitive, { src, weights, dst: b.imageOutput(y, src.descriptor) }, ['dst'])
}

const preluGrad: Rule = (node, b) => {
  const [dy, x, alpha] = node.inputs as [Value, Value, Value]
  const [dx, dAlpha] = node.outputs as [Value, Value]
  if (!perChannel(x, alpha)) return preluGradOfAnyShape(node, b)
  const src = b.image(x)
  const weights = slopes(b, b.flat(alpha), x)
  const primitive = b.choose([{ kind: 'preluBackward', src: src.descriptor, weights: weights.descriptor }])
  const args = {
    src,
    weights,
    diffDst: b.get(dy, 'image', src.descriptor),
    diffSrc: b.imageOutput(dx, src.descriptor),
    diffWeights: slopes(b, b.flatOutput(dAlpha), x),
  }
  b.execute(primitive, args, ['diffSrc', 'diffWeights'])
}

const preluGradOfAnyShape: Rule = (node, b) => {
  const [dy, x, alpha] = node.inputs as [Value, Value, Value]
  const [dx, dAlpha] = node.outputs as [Value, Value]
  const walks = [denseWalk(dy.shape), denseWalk(x.shape), broadcastWalk(alpha.shape, x.shape)]
  const reads = [b.flat(dy), b.flat(x), b.flat(alpha)]
  const byInput = 'x3[i3] = x1[i1] > 0 ? x0[i0] : x0[i0] * x2[i2];'
  b.loop('prelu', reads, [b.flatOutput(dx)], compileLoop(x.shape, [...walks, denseWalk(x.shape)], byInput))
  const bySlope = 'if (!(x1[i1] > 0)) x3[i3] += x0[i0] * x1[i1];'
  const loop = compileLoop(x.shape, [...walks, broadcastWalk(alpha.shape, x.shape)], bySlope, 'x3.fill(0);')
  b.loop('prelu', reads, [b.flatOutput(dAlpha)], loop)
}

const relu: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const src = sameForm(b, x, y)
  const dst = b.allocate(y, src.role, src.descriptor)
  b.set(y, dst)
  b.execute(b.choose([{ kind: 'eltwise', algorithm: 'relu', src: src.descriptor }]), { src, dst }, ['dst'])
}

/** dy where x is positive: dy times a step, joined by a pass. */
const reluGrad: Rule = (node, b) => {
  const [dy, x] = node.inputs as [Value, Value]
  const [dx] = node.outputs as [Value]
  const src = sameForm(b, x, dx)
  const primitive = b.choose([{ kind: 'eltwiseBackward', algorithm: 'relu', src: src.descriptor }])
  const diffSrc = b.allocate(dx, src.role, src.descriptor)
  b.set(dx, diffSrc)
  b.execute(primitive, { src, diffDst: b.get(dy, src.role, src.descriptor), diffSrc }, ['diffSrc'])
}

/** An input as it lies, where it has the output's number type. */
function sameForm(b: Builder, x: Value, y: Value): Form {
  const type = b.typeOf(y)
  const home = b.homeOf(x)
  if (home.descriptor.type === type) return home
  return x.shape.length === 4 ? b.get(x, 'image', b.imageDescriptor(x.shape, type)) : b.flat(x, type)
}

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

export const activationRules = { Dropout: dropout, Prelu: prelu, PreluGrad: preluGrad, Relu: relu } satisfies Rules

/** A kernel of this target alone, which a pass makes. */
export const fusedActivationRules = { ReluGrad: reluGrad } satisfies Rules
