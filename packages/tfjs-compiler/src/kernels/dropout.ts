/**
 * Dropout (Srivastava et al., 2014) as one kernel, whose mask is a function of where an element is, the step and the layer,
 * so that every engine draws the same mask bit for bit and a run can be repeated.
 *
 *     y[i] = x[i] * factor   where hash(i, random, salt) >= round(rate * P)
 *     y[i] = x[i] * 0        elsewhere
 *
 * `factor` is 1 / (1 - rate), rounded to float32. i counts the elements of x as tfjs has them (row by row, channels last).
 *
 * The hash works on whole numbers below P = 23159, a prime, and B = 16384. No intermediate result reaches 2^31, so it is exact
 * in int32 arithmetic anywhere, without bit operations:
 *
 *     cube(v) = (v * v mod P) * v mod P            v < 2 P; for v < P this swaps whole numbers below P around
 *     digits  = random mod B, floor(random / B) mod B, floor(random / B^2), salt, h mod B, floor(h / B)
 *               where h = floor(i / B) is the element's block: B elements in a row
 *     key(C)  = y after `y = cube(y + d + C)` for each digit d in turn, from y = 0
 *     m, a, b = max(1, key(1201)), key(3571), key(6451)
 *     hash    = cube(cube((m * (i mod B) + a) mod P) + b)
 *
 * The three keys of a block mix the step (`random`), the layer (`salt`) and the block; two rounds of cubing mix the elements of
 * a block. Within a block m * i + a takes different values, so the share that is kept is a little more even than coins are.
 */

import * as tf from '@tensorflow/tfjs-core'
import { defineCompositeOp, runKernel } from './composite-op.js'
import { expectSameShape, type Kernels } from './kernel.js'

export const dropoutKernels = {
  Dropout: {
    inputs: ['x', 'random'],
    outputs: (_, x, random) => {
      expectSameShape('random', random!.shape, [])
      return [x!]
    },
  },
} satisfies Kernels

export const PRIME = 23159
export const BLOCK = 16384
/** C of the three keys. */
export const KEY_CONSTANTS = [1201, 3571, 6451] as const

export interface DropoutAttributes {
  /** The share of elements that become 0, from 0 up to but not 1. */
  readonly rate: number
  /** Tells the dropouts of one network apart: a whole number from 0 to 16383. */
  readonly salt: number
}

/**
 * `x / (1 - rate)` with a share of `rate` of its elements replaced by 0.
 *
 * @param x any shape
 * @param random int32 scalar from 0 to 2^31 - 1: another one for each step
 */
export function dropout<T extends tf.Tensor>(x: T, random: tf.Scalar, { rate, salt }: DropoutAttributes): T {
  if (!(rate >= 0 && rate < 1)) throw new RangeError(`a dropout rate is from 0 up to but not 1, found ${rate}`)
  if (!(Number.isInteger(salt) && salt >= 0 && salt < BLOCK))
    throw new RangeError(`a dropout's salt is a whole number from 0 to ${BLOCK - 1}, found ${salt}`)
  return runKernel('Dropout', { x, random }, { rate, salt })[0] as T
}

/** What a kept element is multiplied by: 1 / (1 - rate) in float32. */
export function dropoutFactor(rate: number): number {
  return Math.fround(1 / (1 - rate))
}

/** The smallest hash of an element that is kept. */
export function dropoutThreshold(rate: number): number {
  return Math.round(rate * PRIME)
}

interface NumberArray {
  readonly length: number
  [index: number]: number
}

/**
 * The mask of a whole tensor, for engines that work on memory.
 *
 * @param mask gets `kept` for each element that is kept and 0 for each other, in the order of tfjs's elements
 * @param random the step's number, 0 to 2^31 - 1
 */
export function fillDropoutMask(
  mask: NumberArray,
  random: number,
  { rate, salt }: DropoutAttributes,
  kept = dropoutFactor(rate),
): void {
  const threshold = dropoutThreshold(rate)
  const step = [random % BLOCK, Math.floor(random / BLOCK) % BLOCK, Math.floor(random / BLOCK ** 2), salt]
  for (let block = 0; block * BLOCK < mask.length; block++) {
    const digits = [...step, block % BLOCK, Math.floor(block / BLOCK)]
    const [m, a, b] = KEY_CONSTANTS.map(constant => digits.reduce((y, digit) => cube(y + digit + constant), 0))
    fillBlock(mask, block * BLOCK, Math.max(1, m!), a!, b!, threshold, kept)
  }
}

/** The hot loop: m * i + a is carried from element to element, all arithmetic is in int32. */
function fillBlock(mask: NumberArray, from: number, m: number, a: number, b: number, threshold: number, kept: number) {
  const end = Math.min(mask.length, from + BLOCK) | 0
  let x = a | 0
  for (let i = from | 0; i < end; i = (i + 1) | 0) {
    mask[i] = cube(cube(x) + b) >= threshold ? kept : 0
    x = (x + m) | 0
    if (x >= PRIME) x = (x - PRIME) | 0
  }
}

/** v³ mod PRIME, for v below 2 PRIME. */
function cube(v: number): number {
  return Math.imul(Math.imul(v, v) % PRIME, v) % PRIME
}

// The same in tfjs's int32 functions: blocks are rows, the places within them columns.
defineCompositeOp('Dropout', ({ x, random }, attributes) => {
  const { rate, salt } = attributes as unknown as DropoutAttributes
  const whole = (value: number) => tf.scalar(value, 'int32')
  const [prime, blockSize] = [whole(PRIME), whole(BLOCK)]
  const cubed = (v: tf.Tensor) => tf.mod(tf.mul(tf.mod(tf.mul(v, v), prime), v), prime)
  const digitsOf = (value: tf.Tensor) => [tf.mod(value, blockSize), tf.floorDiv(value, blockSize)]

  const [low, rest] = digitsOf(random!)
  const rows = Math.max(1, Math.ceil(x!.size / BLOCK))
  const block = tf.reshape(tf.range(0, rows, 1, 'int32'), [rows, 1])
  const digits = [low!, ...digitsOf(rest!), whole(salt), ...digitsOf(block)]
  const keyOf = (constant: number) =>
    digits.reduce<tf.Tensor>((y, digit) => cubed(tf.add(tf.add(y, digit), whole(constant))), whole(0)) // [rows, 1]
  const [m, a, b] = KEY_CONSTANTS.map(keyOf)
  const place = tf.reshape(tf.range(0, Math.min(x!.size, BLOCK), 1, 'int32'), [1, -1])
  const affine = tf.mod(tf.add(tf.mul(tf.maximum(m!, whole(1)), place), a!), prime) // [rows, columns]
  const hash = cubed(tf.add(cubed(affine), b!))
  const kept = tf.cast(tf.greaterEqual(hash, whole(dropoutThreshold(rate))), 'float32')
  const mask = tf.mul(tf.slice(tf.reshape(kept, [-1]), 0, x!.size), tf.scalar(dropoutFactor(rate)))
  return [tf.mul(x!, tf.reshape(mask, x!.shape))]
})

tf.registerGradient({
  kernelName: 'Dropout',
  inputsToSave: ['random'],
  gradFunc: (dy, [random], attributes) => ({
    x: () => dropout(dy as tf.Tensor, random as tf.Scalar, attributes as unknown as DropoutAttributes),
  }),
})
