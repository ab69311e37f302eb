/**
 * Loops in JavaScript for the small kernels (the head's rows and columns), specialised by shape: extents and strides stand in the
 * code as numbers, axes that can be walked as one are joined.
 */
import { rowStrides } from './builder.js'

type Values = Float32Array | Int32Array | Uint8Array

/** Where an operand's elements are, seen from the elements of the result. */
export interface Walk {
  readonly offset: number
  /** For each axis of the result; 0 where the operand is the same all along it. */
  readonly strides: readonly number[]
}

/** An operand of a shape that broadcasts as NumPy does. */
export function broadcastWalk(shape: readonly number[], to: readonly number[]): Walk {
  const own = rowStrides(shape)
  const missing = to.length - shape.length
  return {
    offset: 0,
    strides: to.map((_, axis) => (axis < missing || shape[axis - missing] === 1 ? 0 : own[axis - missing]!)),
  }
}

/**
 * Compiles a loop over all elements of `shape`.
 *
 * @param operands walks of the arrays `x0`, `x1`, …; the last array is the result
 * @param body statements over `i0`, `i1`, … (places in the arrays), the result's place last
 */
export function compileLoop(
  shape: readonly number[],
  operands: readonly Walk[],
  body: string,
  prologue = '',
): (arrays: readonly Values[]) => () => void {
  const axes = joinAxes(shape, operands)
  const names = operands.map((_, index) => `i${index}`)
  let code = ''
  let close = ''
  for (const [depth, { extent, strides }] of axes.entries()) {
    const outer = (index: number) => (depth === 0 ? String(operands[index]!.offset) : `${names[index]}_${depth - 1}`)
    const at = (index: number) => (depth === axes.length - 1 ? names[index]! : `${names[index]}_${depth}`)
    const start = names.map((_, index) => `${at(index)} = ${outer(index)}`).join(', ')
    const step = strides.flatMap((stride, index) => (stride === 0 ? [] : [`${at(index)} += ${stride}`])).join(', ')
    code += `for (let n${depth} = 0, ${start}; n${depth} < ${extent}; n${depth}++${step && `, ${step}`}) {\n`
    close += '}\n'
  }
  const source = `const [${names.map(name => `x${name.slice(1)}`).join(', ')}] = arrays;\nreturn () => {\n${prologue}\n${code}${body}\n${close}}`
  return new Function('arrays', source) as (arrays: readonly Values[]) => () => void
}

interface JoinedAxis {
  readonly extent: number
  readonly strides: readonly number[]
}

/** Axes of extent 1 left out, and neighbours joined wherever all operands step through them evenly. */
function joinAxes(shape: readonly number[], operands: readonly Walk[]): JoinedAxis[] {
  const axes: JoinedAxis[] = []
  for (const [axis, extent] of shape.entries()) {
    if (extent === 1) continue
    const strides = operands.map(operand => operand.strides[axis]!)
    const last = axes.at(-1)
    if (last?.strides.every((stride, index) => stride === strides[index]! * extent))
      axes[axes.length - 1] = { extent: last.extent * extent, strides }
    else axes.push({ extent, strides })
  }
  return axes.length > 0 ? axes : [{ extent: 1, strides: operands.map(() => 0) }]
}

/**
 * A fold over some axes of x: the result keeps the others, in their order.
 *
 * @param fold statement that takes the element `v` (and, for an index, its place `k` along the folded axis) into `sum`
 */
export function compileFold(
  shape: readonly number[],
  axes: readonly number[],
  { start, fold, finish = 'sum' }: { start: string; fold: string; finish?: string },
): (arrays: readonly Values[]) => () => void {
  const strides = rowStrides(shape)
  const kept = shape.map((_, axis) => axis).filter(axis => !axes.includes(axis))
  const keptShape = kept.map(axis => shape[axis]!)
  const foldedShape = axes.map(axis => shape[axis]!)
  const inner = joinAxes(foldedShape, [{ offset: 0, strides: axes.map(axis => strides[axis]!) }])
  let code = ''
  let close = ''
  for (const [
    depth,
    {
      extent,
      strides: [stride],
    },
  ] of inner.entries()) {
    const from = depth === 0 ? 'i0' : `f${depth - 1}`
    code += `for (let m${depth} = 0, f${depth} = ${from}; m${depth} < ${extent}; m${depth}++, f${depth} += ${stride}) {\n`
    close += '}\n'
  }
  const last = inner.length - 1
  const body = `let sum = ${start}, k = 0, best = 0;\n${code}const v = x0[f${last}];\n${fold}\nk++;\n${close}x1[i1] = ${finish};`
  return compileLoop(
    keptShape,
    [
      { offset: 0, strides: kept.map(axis => strides[axis]!) },
      { offset: 0, strides: rowStrides(keptShape) },
    ],
    body,
  )
}

/** The walk of a tensor that lies row by row. */
export const denseWalk = (shape: readonly number[]): Walk => ({ offset: 0, strides: rowStrides(shape) })
