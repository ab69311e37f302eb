/** Kernels that fold axes away. Large sums are primitives. */

import type { Descriptor } from '@tiny-face/onednn-session'
import { numbersOf } from '../../../attributes.js'
import { type GraphNode, sizeOf, type Value } from '../../../graph/graph.js'
import type { reductionKernels } from '../../../kernels/reduction.js'
import type { FamilyRules } from '../../../rule-table.js'
import { type Builder, type Form, rowStrides } from '../builder.js'
import { compileFold } from '../javascript-loops.js'
import type { Rule } from './rule.js'

/** The axes of a reduction, counted from the front; tfjs says `axis` or, for Max, `reductionIndices`. */
function foldedAxes(node: GraphNode): number[] {
  const { shape } = node.inputs[0]!
  const axes = numbersOf(node, 'axis') ?? numbersOf(node, 'reductionIndices') ?? [...shape.keys()]
  return axes.map(axis => (axis < 0 ? axis + shape.length : axis)).sort((first, second) => first - second)
}

const folded =
  (parts: (count: number) => { start: string; fold: string; finish?: string }): Rule =>
  (node, b) => {
    const [x] = node.inputs as [Value]
    const axes = foldedAxes(node)
    const count = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
    b.loop(node.op, [b.flat(x)], [b.flatOutput(node.outputs[0]!)], compileFold(x.shape, axes, parts(count)))
  }

/** From here on a primitive is worth its call. */
const LARGE = 65_536

/** Over the last axes, or over the first: what oneDNN is fast at. */
function asPrimitive(node: GraphNode, b: Builder, algorithm: 'sum' | 'mean'): boolean {
  const [x] = node.inputs as [Value]
  const [y] = node.outputs as [Value]
  if (sizeOf(x.shape) < LARGE || x.dtype !== 'float32') return false
  const axes = foldedAxes(node)
  const contiguous = axes.every((axis, index) => axis === axes[0]! + index)
  if (!contiguous || axes.length === 0 || axes.at(-1) !== x.shape.length - 1) return false
  const columns = axes.reduce((product, axis) => product * x.shape[axis]!, 1)
  const rows = sizeOf(x.shape) / columns
  const of = (form: ReturnType<Builder['flat']>, shape: number[]) => ({
    ...form,
    descriptor: b.descriptor(shape, 'f32', rowStrides(shape)),
  })
  const [src, dst] = [of(b.flat(x), [rows, columns]), of(b.flatOutput(y), [rows, 1])]
  const primitive = b.choose([{ kind: 'reduction', algorithm, src: src.descriptor, dst: dst.descriptor }])
  b.execute(primitive, { src, dst }, ['dst'])
  return true
}

const total =
  (algorithm: 'sum' | 'mean', loop: Rule): Rule =>
  (node, b) => {
    if (!asPrimitive(node, b, algorithm)) loop(node, b)
  }

/** The place of the first of the largest (or smallest). */
const place = (better: string) =>
  folded(() => ({ start: '0', fold: `if (k === 0 || v ${better} best) { best = v; sum = k; }` }))

/** Elements of a row that is summed by itself, and of a strip: 512 KiB, so that squares stay in the cache until they are added up. */
const ROW = 512
const STRIP = 256 * ROW

/** Over x as it lies: in what order the squares come does not matter, and what fills blocks up is 0. */
const sumOfSquares: Rule = (node, b) => {
  const [x] = node.inputs as [Value]
  const home = b.homeOf(x)
  const from = home.descriptor.type === 'f32' ? home : b.flat(x)
  const count = from.descriptor.bytes / 4
  const rows = count < LARGE ? 0 : Math.floor(count / ROW)
  const sums = b.temporary(b.descriptor([Math.max(1, rows), 1], 'f32', 'ab'))
  for (let start = 0; start < rows * ROW; start += STRIP) {
    const strip = Math.min(STRIP, rows * ROW - start) / ROW
    const [src, dst] = [b.descriptor([strip, ROW], 'f32', 'ab'), b.descriptor([strip, 1], 'f32', 'ab')]
    const part = (form: Form, descriptor: Descriptor, offset: number): Form => ({
      role: 'flat',
      descriptor,
      storage: { bytes: descriptor.bytes, lasting: form.storage.lasting, within: { whole: form.storage, offset } },
    })
    const [values, squares] = [part(from, src, 4 * start), b.temporary(src)]
    const square = b.shared(`squares ${strip}`, () =>
      b.choose([{ kind: 'binary', algorithm: 'multiply', src, src1: src, dst: src }]),
    )
    const sum = b.shared(`sums ${strip}`, () => b.choose([{ kind: 'reduction', algorithm: 'sum', src, dst }]))
    b.execute(square, { src: values, src1: values, dst: squares }, ['dst'])
    b.execute(sum, { src: squares, dst: part(sums, dst, (4 * start) / ROW) }, ['dst'])
  }
  const reads = rows === 0 ? [from] : [from, sums]
  b.loop('squares', reads, [b.flatOutput(node.outputs[0]!)], arrays => {
    const [values, sums] = arrays
    const total = arrays.at(-1)!
    return () => {
      let sum = 0
      for (let row = 0; row < rows; row++) sum += sums![row]!
      for (let i = rows * ROW; i < count; i++) sum += values![i]! * values![i]!
      total[0] = sum
    }
  })
}

const add = { start: '0', fold: 'sum += v;' }

export const reductionRules: FamilyRules<typeof reductionKernels, Rule> = {
  All: folded(() => ({ start: '1', fold: 'if (!v) sum = 0;' })),
  Any: folded(() => ({ start: '0', fold: 'if (v) sum = 1;' })),
  ArgMax: place('>'),
  ArgMin: place('<'),
  Max: folded(() => ({ start: '-Infinity', fold: 'sum = v > sum || v !== v ? v : sum;' })),
  Mean: total(
    'mean',
    folded(count => ({ ...add, finish: `sum / ${count}` })),
  ),
  Min: folded(() => ({ start: 'Infinity', fold: 'sum = v < sum || v !== v ? v : sum;' })),
  Prod: folded(() => ({ start: '1', fold: 'sum *= v;' })),
  Sum: total(
    'sum',
    folded(() => add),
  ),
  SumOfSquares: sumOfSquares,
}
