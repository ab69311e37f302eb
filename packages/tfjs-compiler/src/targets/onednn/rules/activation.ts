/** Activations and their gradients; ReLU and PReLU with a slope per channel are primitives. */

import type { PostOp } from '@tiny-face/onednn-session'
import { numberOf } from '../../../attributes.js'
import { sizeOf, type Value } from '../../../graph/graph.js'
import type { activationKernels } from '../../../kernels/activation.js'
import type { FamilyRules } from '../../../rule-table.js'
import type { Builder, Form } from '../builder.js'
import { broadcastWalk, compileLoop, denseWalk } from '../javascript-loops.js'
import { loop, looped, unary } from './elementwise.js'
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

/** An algorithm of oneDNN's that bends what is below 0, and maybe above a bound, to a constant. */
type Rectifier = Omit<Extract<PostOp, { kind: 'eltwise' }>, 'kind'>
const RELU: Rectifier = { algorithm: 'relu' }
/** Its gradient is that of values above alpha and at most beta, as tfjs's. */
export const RELU6: Rectifier = { algorithm: 'clip', alpha: 0, beta: 6 }

const rectified =
  (rectifier: Rectifier): Rule =>
  (node, b) => {
    const [x] = node.inputs as [Value]
    const [y] = node.outputs as [Value]
    const src = sameForm(b, x, y)
    const dst = b.allocate(y, src.role, src.descriptor)
    b.set(y, dst)
    b.execute(b.choose([{ kind: 'eltwise', ...rectifier, src: src.descriptor }]), { src, dst }, ['dst'])
  }

const rectifiedGrad =
  (rectifier: Rectifier): Rule =>
  (node, b) => {
    const [dy, x] = node.inputs as [Value, Value]
    const [dx] = node.outputs as [Value]
    const src = sameForm(b, x, dx)
    const primitive = b.choose([{ kind: 'eltwiseBackward', ...rectifier, src: src.descriptor }])
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

/** Softmax along the last axis. */
const softmax: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  const columns = x.shape.at(-1)!
  const rows = sizeOf(x.shape) / columns
  b.loop(node.op, [b.flat(x)], [b.flatOutput(y)], ([from, to]) => () => {
    for (let row = 0; row < rows; row++) {
      const [start, end] = [row * columns, (row + 1) * columns]
      let largest = Number.NEGATIVE_INFINITY
      for (let i = start; i < end; i++) largest = Math.max(largest, from![i]!)
      let sum = 0
      for (let i = start; i < end; i++) sum += Math.exp(from![i]! - largest)
      for (let i = start; i < end; i++) to![i] = Math.exp(from![i]! - largest) / sum
    }
  })
}

export const activationRules: FamilyRules<typeof activationKernels, Rule> = {
  Elu: loop('a >= 0 ? a : Math.expm1(a)'),
  EluGrad: loop('b >= 0 ? a : a * (b + 1)'),
  LeakyRelu: looped(node => `a < 0 ? a * ${numberOf(node, 'alpha', 0.2)} : a`),
  Prelu: prelu,
  PreluGrad: preluGrad,
  Relu: rectified(RELU),
  Relu6: rectified(RELU6),
  Relu6Grad: rectifiedGrad(RELU6),
  Selu: loop('a >= 0 ? 1.0507009873554805 * a : 1.7580993408473768 * Math.expm1(a)'),
  Sigmoid: unary('logistic', () => '1 / (1 + Math.exp(-a))'),
  Softmax: softmax,
  Softplus: loop('a > 20 ? a : Math.log1p(Math.exp(a))'),
  Step: looped(node => `a > 0 ? 1 : a !== a ? a : ${numberOf(node, 'alpha', 0)}`),
}

/** A kernel of this target alone, which a pass makes: dy where x is positive, dy times a step. */
export const fusedActivationRules = { ReluGrad: rectifiedGrad(RELU) } satisfies Rules
