import t from 'tap'
import { personOf, tensorOf } from '../src/index.js'

t.test('a whole number is a person, of several numbers the first is', async t => {
  t.equal(personOf(7), 7)
  t.equal(personOf(7n), 7)
  t.equal(personOf(tensorOf(Float32Array.of(3, 0.5))), 3)
  t.equal(personOf(tensorOf(BigInt64Array.of(4n, -1n))), 4)
})

t.test('anything else is none', async t => {
  for (const label of [undefined, -1, 0.5, Number.NaN, 2n ** 60n]) t.equal(personOf(label), undefined, `${label}`)
  t.equal(personOf(tensorOf(Float32Array.of(0.5, 3))), undefined)
  t.equal(personOf(tensorOf(new Float32Array())), undefined)
})

t.test('a label that is no tensor, from a foreign program, is told', async t => {
  const bytes = new Uint8Array(4)
  for (const label of [null, {}, { dtype: 'float32' }, { dtype: 'float32', shape: [1] }, { shape: 1, data: bytes }])
    t.throws(() => personOf(label as never), { name: 'DataError', expected: /a tensor/ }, JSON.stringify(label))
  for (const dtype of ['constructor', 'float16', undefined])
    t.throws(() => personOf({ dtype, shape: [1], data: bytes } as never), {
      name: 'DataError',
      found: `dtype ${dtype}`,
    })
})
