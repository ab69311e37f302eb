/** What the compiler knows of a kernel: the names of its inputs in tfjs's own order, and the types of its outputs. */

import type { backend_util } from '@tensorflow/tfjs-core'
import type { Attribute, Attributes, TensorType } from '../graph/graph.js'

export type { TensorType } from '../graph/graph.js'

export interface Kernel {
  /** `'list'` where the kernel takes any number of tensors (Concat, AddN, Pack). */
  readonly inputs: readonly string[] | 'list'
  /** Throws where shapes do not fit together. */
  readonly outputs: (attributes: Attributes, ...inputs: TensorType[]) => TensorType[]
}

/** The kernels of one family; each family's file states its own names, so that tables over them can be total. */
export type Kernels = Readonly<Record<string, Kernel>>

/** One table entry for several kernels. */
export function sameKernel<const Name extends string>(names: readonly Name[], kernel: Kernel): Record<Name, Kernel> {
  return Object.fromEntries(names.map(name => [name, kernel])) as Record<Name, Kernel>
}

export const f32 = (shape: readonly number[]): TensorType => ({ shape, dtype: 'float32' })

/** A list of numbers; a bare number is a list of one. */
export function numbers(attribute: Attribute): number[] {
  const list = typeof attribute === 'number' ? [attribute] : attribute
  if (!Array.isArray(list) || !list.every(item => typeof item === 'number')) {
    throw new Error(`expected a list of numbers, found ${JSON.stringify(attribute)}`)
  }
  return list
}

/** A number: an axis, say, or a depth. */
export function whole(attribute: Attribute): number {
  if (typeof attribute !== 'number') throw new Error(`expected a number, found ${JSON.stringify(attribute)}`)
  return attribute
}

/** Axes counted from the front; null or undefined means all of them. */
export function axesOf(attribute: Attribute, rank: number): number[] {
  if (attribute == null) return Array.from({ length: rank }, (_, axis) => axis)
  return numbers(attribute).map(axis => {
    const fromFront = axis < 0 ? axis + rank : axis
    if (!(fromFront >= 0 && fromFront < rank)) throw new Error(`axis ${axis} is outside a tensor of rank ${rank}`)
    return fromFront
  })
}

/** The shape of NumPy-style broadcasting of two shapes. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1) throw new Error(`shapes [${a}] and [${b}] do not broadcast`)
    return left === 1 ? right : left
  })
}

export function expectSameShape(what: string, found: readonly number[], expected: readonly number[]): void {
  if (found.length !== expected.length || found.some((extent, axis) => extent !== expected[axis])) {
    throw new Error(`${what} should be [${expected}], found [${found}]`)
  }
}

/** Paddings and their rounding as tfjs-core takes them. */
export type Pad = Parameters<typeof backend_util.computeConv2DInfo>[4]
export type Rounding = 'floor' | 'round' | 'ceil'

/** A number or a pair as a pair. */
export function pair(attribute: Attribute, fallback?: number): [number, number] {
  const [height, width] = numbers(attribute ?? fallback)
  return [height!, width ?? height!]
}

/** The extents of an image or a filter. */
export function rank4(what: string, shape: readonly number[]): [number, number, number, number] {
  if (shape.length !== 4) throw new Error(`${what} should have rank 4, found [${shape}]`)
  return [...shape] as [number, number, number, number]
}
