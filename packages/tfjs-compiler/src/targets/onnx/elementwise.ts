/** Kernels that work element by element; broadcasting as in NumPy, in whatever layout the larger operand has. */

import { numberOf } from '../../attributes.js'
import { type DType, sizeOf } from '../../graph/graph.js'
import { withSum } from './blocked.js'
import type { Builder, Rule, Rules } from './builder.js'
import { channelled, channelPass } from './channelwise.js'
import { ELEMENT_TYPES, float, type OnnxAttribute } from './model.js'
import type { Layout, PhysicalNode, PhysicalValue } from './physical-graph.js'

/**
 * The layout that saves permuting: that of an operand of the output's shape, else the one the passes gave the output. In
 * blocks only where no operand is broadcast but a scalar.
 */
export function sharedLayout(node: PhysicalNode, b: Builder): Layout {
  const output = node.outputs[0]!
  if (output.shape.length !== 4) return 'plain'
  const isWhole = (input: PhysicalValue) => String(input.shape) === String(output.shape)
  const layouts = node.inputs.filter(isWhole).map(input => b.layoutOf(input))
  const blockable = node.inputs.every(input => isWhole(input) || sizeOf(input.shape) === 1)
  if (layouts.includes('blocked')) return blockable ? 'blocked' : 'nchw'
  if (output.layout !== 'plain') return output.layout
  return layouts.find(layout => layout !== 'plain') ?? 'plain'
}

/** All operands in one layout, handed to `write`, whose result is the output. */
export function elementwise(write: (b: Builder, operands: string[], node: PhysicalNode) => string): Rule {
  return (node, b) => {
    const layout = sharedLayout(node, b)
    const rank = node.outputs[0]!.shape.length
    const operands = node.inputs.map(input => b.getBroadcast(input, layout, rank))
    b.set(node.outputs[0]!, write(b, operands, node), layout)
  }
}

const direct = (op: string, attributes?: Record<string, OnnxAttribute>) =>
  elementwise((b, operands) => b.op(op, operands, attributes))

export function cast(b: Builder, name: string, to: DType): string {
  return b.op('Cast', [name], { to: ELEMENT_TYPES[to] })
}

/** A standard operator that takes no booleans, whose operands are then cast to the output's type first. */
const arithmetic = (op: string) =>
  elementwise((b, operands, node) => {
    const dtype = node.outputs[0]!.dtype
    return b.op(
      op,
      operands.map((name, index) => (node.inputs[index]!.dtype === dtype ? name : cast(b, name, dtype))),
    )
  })

/** A sum in blocks is part of the convolution that makes one side of it, where nothing else reads that side. */
const add: Rule = (node, b) => {
  const [left, right] = node.inputs as [PhysicalValue, PhysicalValue]
  if (sharedLayout(node, b) === 'blocked' && String(left.shape) === String(right.shape)) {
    const [first, second] = [b.get(left, 'blocked'), b.get(right, 'blocked')]
    const sum = withSum(b, b.soleMaker(right, second), first) ?? withSum(b, b.soleMaker(left, first), second)
    if (sum !== undefined) return b.set(node.outputs[0]!, sum, 'blocked')
  }
  arithmetic('Add')(node, b)
}

/** Comparison: operands of the same type, result bool. */
const comparison = (op: string) =>
  elementwise((b, [left, right], node) => {
    const [first, second] = node.inputs.map(input => input.dtype)
    const common =
      first === second && first !== 'bool'
        ? undefined
        : first === 'float32' || second === 'float32'
          ? 'float32'
          : 'int32'
    return b.op(op, common ? [cast(b, left!, common), cast(b, right!, common)] : [left!, right!])
  })

/** 1 where positive, alpha elsewhere; in blocks one pass instead of a comparison and a cast. */
const step: Rule = (node, b) => {
  const [x, output] = [node.inputs[0]!, node.outputs[0]!]
  const alpha = numberOf(node, 'alpha', 0)
  if (alpha === 0 && sharedLayout(node, b) === 'blocked') {
    const mask = channelPass(b, b.get(x, 'blocked'), channelled(b, x), { activation: 'step' })
    return b.set(output, mask, 'blocked')
  }
  const write = (b: Builder, name: string) => {
    const positive = b.op('Greater', [name, b.scalar('float32', 0)])
    if (alpha === 0) return cast(b, positive, 'float32')
    return b.op('Where', [positive, b.scalar('float32', 1), b.scalar('float32', alpha)])
  }
  elementwise((b, [name]) => write(b, name!))(node, b)
}

/** Every element the same: an Expand of a scalar (also for ZerosLike, whose input matters only by its shape). */
export function filled(b: Builder, output: PhysicalValue, value: number, layout: Layout): void {
  const shape = b.fixed(
    layout === 'plain' ? output.shape : [output.shape[0]!, output.shape[3]!, output.shape[1]!, output.shape[2]!],
  )
  b.set(output, b.op('Expand', [b.scalar(output.dtype, value), b.int64(shape)]), layout)
}

const constantLike =
  (value: number): Rule =>
  (node, b) =>
    filled(b, node.outputs[0]!, value, 'plain')

export const elementwiseRules: Rules = {
  Abs: direct('Abs'),
  Acos: direct('Acos'),
  Add: add,
  AddN: elementwise((b, operands) => operands.reduce((sum, operand) => b.op('Add', [sum, operand]))),
  Asin: direct('Asin'),
  Atan: direct('Atan'),
  Cast: elementwise((b, [x], node) => cast(b, x!, node.outputs[0]!.dtype)),
  Ceil: direct('Ceil'),
  ClipByValue: elementwise((b, [x], node) => {
    const limits = ['clipValueMin', 'clipValueMax'].map(name => b.scalar(node.outputs[0]!.dtype, numberOf(node, name)))
    return b.op('Clip', [x!, ...limits])
  }),
  Cos: direct('Cos'),
  Elu: direct('Elu', { alpha: float(1) }),
  Equal: comparison('Equal'),
  Erf: direct('Erf'),
  Exp: direct('Exp'),
  Expm1: elementwise((b, [x]) => b.op('Sub', [b.op('Exp', [x!]), b.scalar('float32', 1)])),
  Floor: direct('Floor'),
  FloorDiv: elementwise((b, operands) => b.op('Floor', [b.op('Div', operands)])),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  Identity: elementwise((_, [x]) => x!),
  LeakyRelu: elementwise((b, [x], node) => b.op('LeakyRelu', [x!], { alpha: float(numberOf(node, 'alpha', 0.2)) })),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Log: direct('Log'),
  Log1p: elementwise((b, [x]) => b.op('Log', [b.op('Add', [x!, b.scalar('float32', 1)])])),
  LogicalAnd: direct('And'),
  LogicalNot: direct('Not'),
  LogicalOr: direct('Or'),
  Maximum: arithmetic('Max'),
  Minimum: arithmetic('Min'),
  Multiply: arithmetic('Mul'),
  Neg: direct('Neg'),
  NotEqual: elementwise((b, operands) => b.op('Not', [b.op('Equal', operands)])),
  OnesLike: constantLike(1),
  Pow: arithmetic('Pow'),
  RealDiv: arithmetic('Div'),
  Reciprocal: direct('Reciprocal'),
  Relu: direct('Relu'),
  Relu6: elementwise((b, [x]) => b.op('Clip', [x!, b.scalar('float32', 0), b.scalar('float32', 6)])),
  Round: direct('Round'),
  Rsqrt: elementwise((b, [x]) => b.op('Reciprocal', [b.op('Sqrt', [x!])])),
  Select: direct('Where'),
  Sigmoid: direct('Sigmoid'),
  Sign: direct('Sign'),
  Sin: direct('Sin'),
  Softplus: direct('Softplus'),
  Sqrt: direct('Sqrt'),
  Square: elementwise((b, [x]) => b.op('Mul', [x!, x!])),
  SquaredDifference: elementwise((b, operands) => {
    const difference = b.op('Sub', operands)
    return b.op('Mul', [difference, difference])
  }),
  Step: step,
  Sub: arithmetic('Sub'),
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),
  ZerosLike: constantLike(0),
}
