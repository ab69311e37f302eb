/** Kernels that work element by element; broadcasting as in NumPy, in whatever layout the larger operand has. */
import { numberOf } from '../../../attributes.js'
import { sizeOf } from '../../../graph/graph.js'
import type { elementwiseKernels } from '../../../kernels/elementwise.js'
import { unsupported } from '../../../rule-table.js'
import type { OnnxAttribute } from '../model-file.js'
import { type PhysicalNode, type PhysicalValue, physicalShape } from '../physical-graph.js'
import { type OnnxRule, type OnnxRules, sameShape } from '../rule.js'
import type { Writer } from '../writer.js'

/** In blocks where one operand of the output's shape is; no operand may then be broadcast but a scalar. */
export const blockedTogether: NonNullable<OnnxRule['blocks']> = ({ inputs, outputs: [output] }, { can, is }) => {
  const whole = [...inputs.keys()].filter(index => sameShape(inputs[index]!, output!))
  const fits = inputs.every(value => sameShape(value, output!) || sizeOf(value.shape) === 1)
  // only float32 goes into blocks and out of them
  const floats = [output!, ...inputs].every(({ dtype }) => dtype === 'float32')
  return fits && floats && can(output!) && whole.some(index => is(inputs[index]!))
    ? { inputs: whole, output: true }
    : undefined
}

/** All operands in one layout, handed to `write`, whose result is the output. */
export function elementwise(write: (b: Writer, operands: string[], node: PhysicalNode) => string): OnnxRule {
  return {
    layout: 'follows',
    blocks: blockedTogether,
    write(node, b) {
      const output = node.outputs[0]!
      const operands = node.inputs.map(input => b.getBroadcast(input, output))
      b.set(output, write(b, operands, node))
    },
  }
}

export const direct = (op: string, attributes?: Record<string, OnnxAttribute>): OnnxRule =>
  elementwise((b, operands) => b.op(op, operands, attributes))

/** A standard operator that takes no booleans, whose operands are then cast to the output's type first. */
const arithmetic = (op: string) =>
  elementwise((b, operands, node) => {
    const dtype = node.outputs[0]!.dtype
    return b.op(
      op,
      operands.map((name, index) => (node.inputs[index]!.dtype === dtype ? name : b.cast(name, dtype))),
    )
  })

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
    return b.op(op, common ? [b.cast(left!, common), b.cast(right!, common)] : [left!, right!])
  })

/** The remainder with the divisor's sign. */
function modulo(b: Writer, [left, right]: string[], node: PhysicalNode): string {
  if (node.outputs[0]!.dtype === 'int32') return b.op('Mod', [left!, right!])
  const zero = b.scalar('float32', 0)
  const rest = b.op('Mod', [left!, right!], { fmod: 1 })
  const negative = (name: string) => b.op('Less', [name, zero])
  const off = b.op('And', [b.op('Not', [b.op('Equal', [rest, zero])]), b.op('Xor', [negative(rest), negative(right!)])])
  return b.op('Where', [off, b.op('Add', [rest, right!]), rest])
}

/** Rounded down and whole, whatever the operands' type; ONNX rounds int32 towards zero. */
function floorDivision(b: Writer, operands: string[], node: PhysicalNode): string {
  if (node.inputs[0]!.dtype !== 'int32') return b.cast(b.op('Floor', [b.op('Div', operands)]), 'int32')
  const [left, right] = operands as [string, string]
  return b.op('Div', [b.op('Sub', [left, b.op('Mod', [left, right])]), right])
}

/** Every element the same, whatever the layout. */
export function filled(b: Writer, output: PhysicalValue, value: number): void {
  const shape = b.fixed(physicalShape(output))
  b.set(output, b.op('Expand', [b.scalar(output.dtype, value), b.int64(shape)]))
}

const constantLike = (value: number): OnnxRule => ({
  layout: 'follows',
  blocks: blockedTogether,
  write: (node, b) => filled(b, node.outputs[0]!, value),
})

export const elementwiseRules: OnnxRules<typeof elementwiseKernels> = {
  Abs: direct('Abs'),
  Acos: direct('Acos'),
  Acosh: direct('Acosh'),
  Add: arithmetic('Add'),
  AddN: elementwise((b, operands) => operands.reduce((sum, operand) => b.op('Add', [sum, operand]))),
  Asin: direct('Asin'),
  Asinh: direct('Asinh'),
  Atan: direct('Atan'),
  Atan2: unsupported('ONNX has no such operator'),
  Atanh: direct('Atanh'),
  Cast: elementwise((b, [x], node) => b.cast(x!, node.outputs[0]!.dtype)),
  Ceil: direct('Ceil'),
  ClipByValue: elementwise((b, [x], node) => {
    const limits = ['clipValueMin', 'clipValueMax'].map(name => b.scalar(node.outputs[0]!.dtype, numberOf(node, name)))
    return b.op('Clip', [x!, ...limits])
  }),
  Cos: direct('Cos'),
  Cosh: direct('Cosh'),
  Equal: comparison('Equal'),
  Erf: direct('Erf'),
  Exp: direct('Exp'),
  Expm1: elementwise((b, [x]) => b.op('Sub', [b.op('Exp', [x!]), b.scalar('float32', 1)])),
  Floor: direct('Floor'),
  FloorDiv: elementwise(floorDivision),
  Greater: comparison('Greater'),
  GreaterEqual: comparison('GreaterOrEqual'),
  IsFinite: elementwise((b, [x]) => b.op('Not', [b.op('Or', [b.op('IsNaN', [x!]), b.op('IsInf', [x!])])])),
  IsInf: direct('IsInf'),
  IsNan: direct('IsNaN'),
  Less: comparison('Less'),
  LessEqual: comparison('LessOrEqual'),
  Log: direct('Log'),
  Log1p: elementwise((b, [x]) => b.op('Log', [b.op('Add', [x!, b.scalar('float32', 1)])])),
  LogicalAnd: direct('And'),
  LogicalNot: direct('Not'),
  LogicalOr: direct('Or'),
  Maximum: arithmetic('Max'),
  Minimum: arithmetic('Min'),
  Mod: elementwise(modulo),
  Multiply: arithmetic('Mul'),
  Neg: direct('Neg'),
  NotEqual: elementwise((b, operands) => b.op('Not', [b.op('Equal', operands)])),
  OnesLike: constantLike(1),
  Pow: arithmetic('Pow'),
  RealDiv: arithmetic('Div'),
  Reciprocal: direct('Reciprocal'),
  Round: direct('Round'),
  Rsqrt: elementwise((b, [x]) => b.op('Reciprocal', [b.op('Sqrt', [x!])])),
  Select: direct('Where'),
  Sign: direct('Sign'),
  Sin: direct('Sin'),
  Sinh: direct('Sinh'),
  Sqrt: direct('Sqrt'),
  Square: elementwise((b, [x]) => b.op('Mul', [x!, x!])),
  SquaredDifference: elementwise((b, operands) => {
    const difference = b.op('Sub', operands)
    return b.op('Mul', [difference, difference])
  }),
  Sub: arithmetic('Sub'),
  Tan: direct('Tan'),
  Tanh: direct('Tanh'),
  ZerosLike: constantLike(0),
}
