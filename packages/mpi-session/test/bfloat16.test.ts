/** Rounding to bfloat16, against arithmetic in float64: the nearest multiple of the last place, ties to the even one. */
import t from 'tap'
import { fromBfloat16, toBfloat16 } from '../src/bfloat16.js'

function rounded(...values: number[]): number[] {
  const halves = new Uint16Array(values.length)
  toBfloat16(Float32Array.from(values), halves)
  const back = new Float32Array(values.length)
  fromBfloat16(halves, back)
  return [...back]
}

t.test('seven bits behind the first', async t => {
  for (const exponent of [-100, -1, 0, 1, 60]) {
    const place = 2 ** (exponent - 7)
    for (const steps of [128, 129, 200, 255]) {
      const value = steps * place
      for (const sign of [1, -1]) {
        t.same(rounded(sign * value), [sign * value], 'is kept')
        t.same(rounded(sign * (value + 0.3 * place)), [sign * value], 'down')
        t.same(rounded(sign * (value + 0.7 * place)), [sign * (value + place)], 'up')
        const even = steps % 2 === 0 ? value : value + place
        t.same(rounded(sign * (value + 0.5 * place)), [sign * even], 'a tie')
      }
    }
  }
})

t.test('what is no number stays none, infinities too', async t => {
  t.same(rounded(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0), [
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    0,
  ])
  const bits = Float32Array.of(0)
  new Uint32Array(bits.buffer)[0] = 0x7fffffff
  const halves = new Uint16Array(1)
  toBfloat16(bits, halves)
  t.equal(halves[0]! & 0x7fff & ~0x7f80, 0x7f)
})
