import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import t from 'tap'
import { drawPairs, pairRecords } from '../src/index.js'

function* faces(): Generator<DataMap> {
  const shared = Buffer.alloc(4)
  yield { id: 'header', recordio: { role: 'header' } }
  for (let id = 0; id < 20; id++) {
    shared.writeUInt32LE(id)
    yield { id, label: id % 2, image: shared, extra: -id }
  }
}

t.test('two data maps a pair, side 0 then side 1, all fields along', t => {
  const { pairs, records } = pairRecords(faces(), { seed: 4, same: 20 })
  t.same(
    pairs,
    drawPairs(
      Array.from({ length: 20 }, (_, id) => id % 2),
      { seed: 4, same: 20 },
    ),
  )
  const written = [...records]
  t.equal(written.length, 80)
  for (const [slot, { id, image, label, extra, pair }] of written.entries()) {
    const { left, right, same } = pairs[slot >> 1]!
    const index = slot % 2 === 0 ? left : right
    t.same(
      { id, label, extra, pair },
      { id: index, label: index % 2, extra: -index, pair: { index: slot >> 1, side: slot % 2, same } },
    )
    t.equal(Buffer.from(image!).readUInt32LE(), index)
  }
  t.end()
})

t.test('embeddings can be paired as well as images', t => {
  const embeddings = Array.from({ length: 20 }, (_, id) => ({
    label: id % 2,
    embedding: tensorOf(Float32Array.of(id)),
  }))
  t.equal([...pairRecords(embeddings, { seed: 1 }).records].length, 2 * (90 + 90))
  t.end()
})

t.test('labels of several numbers: the first is the person, and they are counted', t => {
  const vectors = Array.from({ length: 20 }, (_, id): DataMap => {
    return { id, label: tensorOf(Float32Array.of(id % 2, id)), image: Buffer.from('x') }
  })
  const { pairs, several } = pairRecords(vectors, { seed: 4 })
  t.same(pairs, pairRecords(faces(), { seed: 4 }).pairs)
  t.equal(several, 20)
  t.equal(pairRecords(faces(), { seed: 4 }).several, 0)
  t.end()
})

t.test('faces without a whole label, too many bytes, too few pairs: errors that say where', t => {
  const image = Buffer.alloc(100)
  const attempt =
    (records: DataMap[], options = {}) =>
    () =>
      pairRecords(records, { seed: 1, source: 'x.rec', ...options })
  const place = 'x.rec: record 1 (id b): '
  for (const [label, found] of [
    [undefined, 'none'],
    [0.5, '0.5'],
    [tensorOf(Float32Array.of(0.5, 1)), 'several, none first'],
    [-1, '-1'],
    [2n ** 60n, `${2n ** 60n}`],
  ] as const) {
    t.throws(
      attempt([
        { label: 1, image },
        { id: 'b', label, image },
      ]),
      { name: 'DataError', message: `${place}expected a whole number of at least 0 as label, found ${found}` },
    )
  }
  t.throws(
    attempt(
      [
        { label: 1, image },
        { id: 'b', label: 1, image },
      ],
      { maxBytes: 199 },
    ),
    {
      name: 'DataError',
      message: `${place}expected at most 199 bytes of faces to draw pairs from, found more; record-select picks fewer people`,
    },
  )
  t.throws(attempt([]), { name: 'DataError', message: /^x\.rec: expected at least 10 same and 10 different pairs/ })
  t.end()
})
