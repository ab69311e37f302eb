/**
 * Numbers of 16 bits with float32's exponent: its upper half, rounded to the nearest, ties to even.
 *
 * @param values not changed
 * @param halves gets them; at least as long
 */
export function toBfloat16(values: Float32Array, halves: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < bits.length; i++) {
    const word = bits[i]!
    // A number that is none stays one: rounding could carry it over to an infinity.
    if ((word & 0x7fffffff) > 0x7f800000) halves[i] = (word >>> 16) | 0x40
    else halves[i] = (word + 0x7fff + ((word >>> 16) & 1)) >>> 16
  }
}

/** The float32 of each, exactly; `values` is at least as long. */
export function fromBfloat16(halves: Uint16Array, values: Float32Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, halves.length)
  for (let i = 0; i < halves.length; i++) bits[i] = halves[i]! << 16
}
