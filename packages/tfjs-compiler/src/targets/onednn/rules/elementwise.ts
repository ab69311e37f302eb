/**
 * Kernels that work element by element. Large ones over float32 are primitives, in whatever layout the larger operand lies; small
 * ones are loops.
 */
import type { Algorithm, Attributes, Computation } from '@tiny-face/onednn-session'
import { numberOf } from '../../../attributes.js'
import { type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import type { elementwiseKernels } from '../../../kernels/elementwise.js'
import type { FamilyRules } from '../../../rule-table.js'
import { type Builder, type Form, rowStrides } from '../builder.js'
import { broadcastWalk, compileLoop, denseWalk } from '../javascript-loops.js'
import type { Rule, Rules } from './rule.js'

/** From here on a primitive's threads and vectors are worth its call. */
const LARGE = 16_384

/** An expression over `a`, `b`, `c`, the elements of the operands, and the node's attributes. */
type Expression = (node: GraphNode) => string

const LETTERS = ['a', 'b', 'c']

/** A loop whose result is the expression. */
export const looped =
  (expression: Expression): Rule =>
  (node, b) => {
    const [y] = node.outputs as [Value]
    const walks = node.inputs.map(input => broadcastWalk(input.shape, y.shape))
    const reads = node.inputs.map(input => b.flat(input))
    const named = node.inputs.map((_, index) => `const ${LETTERS[index]} = x${index}[i${index}];`).join(' ')
    const last = node.inputs.length
    const body = `${named} x${last}[i${last}] = ${expression(node)};`
    b.loop(node.op, reads, [b.flatOutput(y)], compileLoop(y.shape, [...walks, denseWalk(y.shape)], body))
  }

const isFloat = ({ dtype }: Value) => dtype === 'float32'

/** A primitive for two large operands, where their shapes allow one; else a loop. */
const binary =
  (algorithm: Algorithm, expression: Expression, attributes?: Attributes): Rule =>
  (node, b) => {
    const [left, right] = node.inputs as [Value, Value]
    const [y] = node.outputs as [Value]
    const worthwhile = sizeOf(y.shape) >= LARGE && [left, right, y].every(isFloat)
    const commutes = algorithm === 'add' || algorithm === 'multiply'
    const [first, second] = commutes && sizeOf(left.shape) < sizeOf(right.shape) ? [right, left] : [left, right]
    const operands = worthwhile && String(first.shape) === String(y.shape) && operandsOf(b, first, second, y)
    if (!operands) return looped(expression)(node, b)
    const { src, src1, dst } = operands
    const computation: Computation = {
      kind: 'binary',
      algorithm,
      src: src.descriptor,
      src1: src1.descriptor,
      dst: dst.descriptor,
    }
    b.execute(b.choose([computation], attributes), { src, src1, dst }, ['dst'])
  }

/** Undefined where the second operand is broadcast in a way that oneDNN is slow at. */
function operandsOf(b: Builder, left: Value, right: Value, y: Value) {
  const type = b.typeOf(y)
  if (String(left.shape) === String(right.shape)) {
    const home = b.homeOf(left)
    const src = home.descriptor.type === type ? home : y.shape.length === 4 ? b.image(left) : b.flat(left, type)
    const src1 = b.get(right, src.role, src.descriptor)
    const dst = b.allocate(y, src.role, src.descriptor)
    b.set(y, dst)
    return { src, src1, dst }
  }
  const view = broadcastView(right.shape, y.shape)
  if (!view) return undefined
  const seen = (form: Form, shape: readonly number[], of = type) => ({
    ...form,
    descriptor: b.descriptor(shape, of, rowStrides(shape)),
  })
  return {
    src: seen(b.flat(left, type), view.shape),
    src1: seen(b.flat(right), view.operand, 'f32'),
    dst: seen(b.flatOutput(y, type), view.shape),
  }
}

/** The result as [1, n, m] where the operand is one number, one for each of n rows, or one for each of m columns. */
function broadcastView(operand: readonly number[], to: readonly number[]) {
  const full = [...Array<number>(to.length - operand.length).fill(1), ...operand]
  const size = sizeOf(to)
  if (sizeOf(operand) === 1) return { shape: [1, 1, size], operand: [1, 1, 1] }
  const split = full.findIndex((extent, axis) => extent !== to[axis])
  const isOne = (extents: readonly number[]) => extents.every(extent => extent === 1)
  if (isOne(full.slice(split)) && String(full.slice(0, split)) === String(to.slice(0, split))) {
    const rows = sizeOf(to.slice(0, split))
    return { shape: [1, rows, size / rows], operand: [1, rows, 1] }
  }
  const start = full.findIndex(extent => extent !== 1)
  if (String(full.slice(start)) !== String(to.slice(start))) return undefined
  const columns = sizeOf(to.slice(start))
  return { shape: [size / columns, columns, 1], operand: [1, columns, 1] }
}

/** A primitive for a large operand; else a loop. */
export const unary =
  (algorithm: Algorithm, expression: Expression, alpha = 0, beta = 0): Rule =>
  (node, b) => {
    const [x] = node.inputs as [Value]
    const [y] = node.outputs as [Value]
    if (sizeOf(y.shape) < LARGE || !isFloat(x)) return looped(expression)(node, b)
    const type = b.typeOf(y)
    const home = b.homeOf(x)
    const src = home.descriptor.type === type ? home : y.shape.length === 4 ? b.image(x) : b.flat(x, type)
    const dst = b.allocate(y, src.role, src.descriptor)
    b.set(y, dst)
    b.execute(b.choose([{ kind: 'eltwise', algorithm, src: src.descriptor, alpha, beta }]), { src, dst }, ['dst'])
  }

export const loop = (expression: string) => looped(() => expression)

const whole = (node: GraphNode) => node.outputs[0]!.dtype === 'int32'

/** For both number types; int32 wraps around. */
const either =
  (float: string, int: string): Expression =>
  node =>
    whole(node) ? int : float

const add: Rule = binary('add', either('a + b', '(a + b) | 0'))

const sum: Rule = (node, b) => {
  if (node.inputs.length === 2) return add(node, b)
  const total = node.inputs.map((_, index) => `x${index}[i${index}]`).join(' + ')
  const [y] = node.outputs as [Value]
  const walks = [...node.inputs.map(input => broadcastWalk(input.shape, y.shape)), denseWalk(y.shape)]
  const last = node.inputs.length
  const body = compileLoop(y.shape, walks, `x${last}[i${last}] = ${total};`)
  const reads = node.inputs.map(input => b.flat(input))
  b.loop('AddN', reads, [b.flatOutput(y)], body)
}

const cast: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const to = node.outputs[0]!.dtype
  const from = x.dtype
  if (to === 'bool') return loop('a !== 0 ? 1 : 0')(node, b)
  return loop(to === 'int32' && from === 'float32' ? 'Math.trunc(a)' : 'a')(node, b)
}

/** A half goes to the even neighbour, as in tfjs. */
const ROUND = '(Math.abs(a % 1) === 0.5 ? 2 * Math.round(a / 2) : Math.round(a))'

/** Abramowitz and Stegun 7.1.26, as tfjs's own cpu backend has it. */
const ERF =
  'Math.sign(a) * (1 - ((((1.061405429 / (1 + 0.3275911 * Math.abs(a)) - 1.453152027) / (1 + 0.3275911 * Math.abs(a)) + 1.421413741) / (1 + 0.3275911 * Math.abs(a)) - 0.284496736) / (1 + 0.3275911 * Math.abs(a)) + 0.254829592) / (1 + 0.3275911 * Math.abs(a)) * Math.exp(-a * a))'

export const elementwiseRules: FamilyRules<typeof elementwiseKernels, Rule> = {
  Abs: unary('abs', () => 'Math.abs(a)'),
  Acos: loop('Math.acos(a)'),
  Acosh: loop('Math.acosh(a)'),
  Add: add,
  AddN: sum,
  Asin: loop('Math.asin(a)'),
  Asinh: loop('Math.asinh(a)'),
  Atan: loop('Math.atan(a)'),
  Atan2: loop('Math.atan2(a, b)'),
  Atanh: loop('Math.atanh(a)'),
  Cast: cast,
  Ceil: loop('Math.ceil(a)'),
  ClipByValue: looped(
    node => `Math.min(Math.max(a, ${numberOf(node, 'clipValueMin')}), ${numberOf(node, 'clipValueMax')})`,
  ),
  Cos: loop('Math.cos(a)'),
  Cosh: loop('Math.cosh(a)'),
  Equal: loop('a === b ? 1 : 0'),
  Erf: loop(ERF),
  Exp: unary('exp', () => 'Math.exp(a)'),
  Expm1: loop('Math.expm1(a)'),
  Floor: loop('Math.floor(a)'),
  FloorDiv: loop('Math.floor(a / b)'),
  Greater: loop('a > b ? 1 : 0'),
  GreaterEqual: loop('a >= b ? 1 : 0'),
  IsFinite: loop('Number.isFinite(a) ? 1 : 0'),
  IsInf: loop('Math.abs(a) === Infinity ? 1 : 0'),
  IsNan: loop('a !== a ? 1 : 0'),
  Less: loop('a < b ? 1 : 0'),
  LessEqual: loop('a <= b ? 1 : 0'),
  Log: loop('Math.log(a)'),
  Log1p: loop('Math.log1p(a)'),
  LogicalAnd: loop('a && b ? 1 : 0'),
  LogicalNot: loop('a ? 0 : 1'),
  LogicalOr: loop('a || b ? 1 : 0'),
  Maximum: loop('Math.max(a, b)'),
  Minimum: loop('Math.min(a, b)'),
  Mod: loop('(a % b + b) % b'),
  Multiply: binary('multiply', either('a * b', 'Math.imul(a, b)')),
  Neg: unary('linear', () => '-a', -1),
  NotEqual: loop('a !== b ? 1 : 0'),
  OnesLike: loop('1'),
  Pow: loop('Math.pow(a, b)'),
  RealDiv: binary('divide', () => 'a / b'),
  Reciprocal: loop('1 / a'),
  Round: loop(ROUND),
  Rsqrt: loop('1 / Math.sqrt(a)'),
  Select: loop('a ? b : c'),
  Sign: loop('Math.sign(a)'),
  Sin: loop('Math.sin(a)'),
  Sinh: loop('Math.sinh(a)'),
  Sqrt: unary('sqrt', () => 'Math.sqrt(a)'),
  Square: unary('square', either('a * a', 'Math.imul(a, a)')),
  SquaredDifference: loop('(a - b) * (a - b)'),
  Sub: binary('subtract', either('a - b', '(a - b) | 0')),
  Tan: loop('Math.tan(a)'),
  Tanh: unary('tanh', () => 'Math.tanh(a)'),
  ZerosLike: loop('0'),
}

/** A kernel of this target alone, which a pass makes. */
export const fusedElementwiseRules = {
  AddRelu: binary('add', () => 'Math.max(a + b, 0)', { postOps: [{ kind: 'eltwise', algorithm: 'relu' }] }),
} satisfies Rules
