/** A float stays one: of -0 the sign, which String() forgets, and beyond 2^53 an exponent, for digits alone are an integer. */
export function digits(value: number): string {
  if (Object.is(value, -0)) return '-0'
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}
