import { MAX_AXES, MAX_TENSOR_NUMBERS } from './weight-limits.js'

/**
 * How many numbers a tensor of a shape has.
 *
 * @param fail throws the error of the file that the shape is from
 */
export function numbersOf(
  shape: readonly unknown[],
  fail: (expected: string, found: string) => never,
  most = MAX_TENSOR_NUMBERS,
): number {
  if (shape.length > MAX_AXES) fail(`a shape of at most ${MAX_AXES} axes`, `${shape.length}`)
  const whole = (extent: unknown) => Number.isSafeInteger(extent) && (extent as number) >= 0
  if (!shape.every(whole)) fail('a shape of whole numbers', `[${shape.map(String).join(', ').slice(0, 100)}]`)
  const count = (shape as readonly number[]).reduce((product, extent) => product * extent, 1)
  if (count > most) fail(`at most ${most} numbers in a tensor`, `[${shape.join(', ')}]`)
  return count
}
