import { createHash } from 'node:crypto'
import t from 'tap'
import { fromFloat16, toFloat16 } from '../src/float16.js'

// tools/peers/float16-numpy.py prints these: the SHA-256 of what numpy makes of the same numbers.
const NUMPY = {
  all: 'faa6d965574036872b0d39a42d1f8bee361d5be92b1e718155a69556a5abacdd',
  between: 'e05ede8d4eddaf9723eeb14a2757eea40629924e6d063176ad2afe0e2e2c7429',
  random: 'a7776be809d0fbd0c226207baa60ed37fef622833b391660b19557c5afa20053',
}

function digest(values: Float32Array | Uint16Array): string {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, 0, values.byteLength))
    .digest('hex')
}

const isNaN16 = (half: number) => (half & 0x7fff) > 0x7c00

t.test('all 65,536 float16 as float32, as numpy gives them', async t => {
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, i) => i)
  const values = fromFloat16(halves)
  t.ok(halves.every((half, i) => Number.isNaN(values[i]) === isNaN16(half)))
  t.equal(digest(values.map(value => (Number.isNaN(value) ? 0 : value))), NUMPY.all)
})

t.test('and back: nothing is lost', async t => {
  const halves = Uint16Array.from({ length: 1 << 16 }, (_, i) => i)
  const back = toFloat16(fromFloat16(halves))
  t.ok(halves.every((half, i) => (isNaN16(half) ? isNaN16(back[i]!) : back[i] === half)))
})

t.test('float32 half way between two float16, and just beside it, as numpy rounds them', async t => {
  const finite = fromFloat16(Uint16Array.from({ length: 0x7c00 }, (_, i) => i))
  const middles = finite.map((value, i) => (value + (finite[i + 1] ?? 65536)) / 2)
  const around = [...middles, ...middles.map(value => beside(value, -1)), ...middles.map(value => beside(value, 1))]
  t.equal(digest(toFloat16(Float32Array.from([...around, ...around.map(value => -value)]))), NUMPY.between)
})

t.test('a million float32 of random bits, as numpy rounds them', async t => {
  const bits = new Uint32Array(1 << 20)
  let state = 1
  for (let i = 0; i < bits.length; i++) bits[i] = state = (Math.imul(1664525, state) + 1013904223) >>> 0
  const values = new Float32Array(bits.buffer)
  const halves = toFloat16(values)
  t.ok(halves.every((half, i) => isNaN16(half) === Number.isNaN(values[i])))
  t.equal(digest(halves.map(half => (isNaN16(half) ? 0 : half))), NUMPY.random)
})

/** The next float32 towards zero (-1) or away from it (1), of a positive one. */
function beside(value: number, step: number): number {
  const bits = new Uint32Array(Float32Array.of(value).buffer)
  bits[0]! += step
  return new Float32Array(bits.buffer)[0]!
}
