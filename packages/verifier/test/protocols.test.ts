import { type DataMap, tensorOf } from '@tiny-face/record-stream'
import { test } from 'tap'
import { measurePairs } from '../src/pairs/measure-pairs.js'
import { PROTOCOLS } from '../src/protocols.js'
import { verify } from '../src/verify.js'

/** Twelve pairs at the distances 0.31, 0.36, … 0.86 as face-api measures them, every other of one person. */
const records = Array.from({ length: 24 }, (_, i): DataMap => {
  const index = i >> 1
  const distance = 0.31 + index * 0.05
  const embedding = i % 2 === 0 ? Float32Array.of(3, 4) : Float32Array.of(3 + 0.6 * distance, 4 + 0.8 * distance)
  return { embedding: tensorOf(embedding), pair: { index, side: i % 2 === 0 ? 0 : 1, same: index % 2 === 0 } }
})

test('face-api compares descriptors as they are, by one threshold', async t => {
  const pairs = measurePairs(records, { comparison: PROTOCOLS['face-api'] })
  for (const [i, distance] of pairs.distances.entries()) t.ok(Math.abs(distance - (0.31 + i * 0.05)) < 1e-6)
  const { protocol, folds } = verify(pairs, { protocol: 'face-api' })
  t.equal(protocol, 'face-api')
  t.strictSame(
    folds.map(fold => fold.threshold),
    Array(10).fill(0.6),
  )
  // 0.31 to 0.56 are accepted, every other one rightly; 0.61 and on are not.
  const sum = (of: 'falseAccepts' | 'falseRejects') => folds.reduce((all, fold) => all + fold[of], 0)
  t.strictSame([sum('falseAccepts'), sum('falseRejects')], [3, 3])
})

test('face-api knows no mirror images', async t => {
  const [first] = records
  const flipped = { ...first!, flipped: first!.embedding! }
  t.throws(() => measurePairs([flipped], { comparison: PROTOCOLS['face-api'] }), {
    message: /without flipped, as face-api compares them, found one with flipped: leave out --flip$/,
  })
})

test("the seed's protocol is insightface's", async t => {
  const of = (protocol: 'insightface' | 'tiny-face-recognition') =>
    verify(measurePairs(records, { comparison: PROTOCOLS[protocol] }), { protocol })
  t.strictSame(of('tiny-face-recognition'), { ...of('insightface'), protocol: 'tiny-face-recognition' })
  t.equal(
    of('insightface').farthest < 1e-12,
    true,
    'all embeddings point one way, which face-api tells apart by length',
  )
})
