import fc from 'fast-check'
import { test } from 'tap'
import { shortestFloat32 } from '../src/shortest-float32.js'

test('known values', async t => {
  // As numpy 1.26 prints them: str(numpy.float32(x))
  const known: [number, string][] = [
    [Math.fround(0.1), '0.1'],
    [Math.fround(1 / 3), '0.33333334'],
    [Math.fround(3.4028234663852886e38), '3.4028235e+38'],
    [Math.fround(1.401298464324817e-45), '1e-45'],
    [Math.fround(1.17549435e-38), '1.1754944e-38'],
    [16777216, '16777216'],
    [0, '0'],
    [-0, '-0'],
    [-2.5, '-2.5'],
  ]
  for (const [value, text] of known) t.equal(shortestFloat32(value), text)
})

test('any float32 comes back, and no fewer digits would do', async t => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
      const text = shortestFloat32(value)
      if (!Object.is(Math.fround(Number(text)), value)) return false
      const digits = text.replace(/e.*$/, '').replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '').length
      return digits <= 1 || Math.fround(Number(value.toPrecision(digits - 1))) !== value
    }),
    { numRuns: Number(process.env.TINY_FACE_RUNS ?? 2000) },
  )
  t.pass()
})
