import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { DataError } from '@tiny-face/safe-files'
import { test } from 'tap'
import { collectFaces } from '../../src/faces/labelled-faces.js'

test('draws faces by the seed, each as likely as any other, beyond the limit', async t => {
  const records = Array.from(
    { length: 50 },
    (_, i): DataMap => ({ label: i, embedding: tensorOf(Float32Array.of(i + 1, 1)) }),
  )
  const drawn = (seed: number) => collectFaces(records, { limit: 10, seed })
  t.same(drawn(1), drawn(1))
  t.notSame(drawn(1).people, drawn(2).people)
  t.match(drawn(1), { length: 10, seen: 50 })
  t.equal(new Set(drawn(1).people).size, 10)
  const times = new Array(50).fill(0)
  for (let seed = 0; seed < 1000; seed++) for (const person of drawn(seed).people) times[person]++
  // 200 of 1,000 each, with a deviation of 12.6.
  t.ok(Math.min(...times) > 145 && Math.max(...times) < 255, `${Math.min(...times)} to ${Math.max(...times)}`)
  // A template stays with its person.
  const faces = drawn(7)
  faces.people.forEach((person, row) => {
    t.ok(Math.abs(faces.templates[2 * row]! / faces.templates[2 * row + 1]! - (person + 1)) < 1e-9)
  })
})

test('says which record is not fit', async t => {
  const embedding = tensorOf(Float32Array.of(3, 4))
  const good: DataMap = { id: 'a', label: 1, embedding }
  const read = (record: DataMap) => () => collectFaces([good, { id: 'b', ...record }], { source: 'faces.rec' })
  const fault = { file: 'faces.rec', record: 1, id: 'b' }
  t.throws(
    read({ embedding }),
    new DataError({ ...fault, message: 'no label: it says who is in the picture, a number for each person' }),
  )
  t.throws(read({ label: -1, embedding }), { message: /^faces\.rec: record 1 \(id b\): the label is no whole number/ })
  t.throws(
    read({ label: 2 }),
    new DataError({ ...fault, message: 'no embedding: put arcface-embed before this command' }),
  )
  t.throws(
    read({ label: 2, embedding: tensorOf(Float32Array.of(1)) }),
    new DataError({ ...fault, expected: 'an embedding of 2 numbers, as before', found: '1' }),
  )
  t.throws(
    read({ label: 2, embedding, flipped: embedding }),
    new DataError({ ...fault, expected: 'an embedding without flipped, as before', found: 'one with flipped' }),
  )
  t.throws(() => collectFaces([]), { message: /found no record/ })
})
